package nomad

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"weir/internal/testenv"
	"weir/rollout/detect"
)

// promotedCanary is the ID of an allocation that is a canary in the phase
// 04-canary-shared, and is promoted in the next.
const promotedCanary = "0a8c5c75-4599-a822-307b-d11a341f094a"

// updatedInPlace is the ID of an allocation of version 6 in 11-canary-fail that
// an auto_revert makes one of version 9.
const updatedInPlace = "9437ccf2"

// TestWhatNomadChangesIsSeen: a promotion takes the mark of a canary from the
// same allocation, and an allocation that is updated in place gets another
// version that runs the same.
func TestWhatNomadChangesIsSeen(t *testing.T) {
	f := startFake(t, "04-canary-shared")
	c := start(t, f.URL)
	before := until(t, c, f.ids(), complete(f.ids()))[promotedCanary]
	f.show(t, "05-canary-shared-just-after-promote")
	after := until(t, c, []string{promotedCanary}, func(all map[string]detect.Allocation) error {
		if a := all[promotedCanary]; a.Canary {
			return errors.New("it is a canary still")
		}
		return nil
	})[promotedCanary]
	if !before.Canary || before.JobVersion != after.JobVersion || before.Spec != after.Spec {
		t.Errorf("before %+v, after %+v", before, after)
	}

	f.show(t, "11-canary-fail")
	old := until(t, c, f.ids(), complete(f.ids()))
	f.show(t, "12-auto-revert-at-failure")
	for id, was := range old {
		if !strings.HasPrefix(id, updatedInPlace) {
			continue
		}
		now := until(t, c, []string{id}, func(all map[string]detect.Allocation) error {
			if v := all[id].JobVersion; v != 9 {
				return fmt.Errorf("version %d", v)
			}
			return nil
		})[id]
		if was.JobVersion != 6 || was.Spec != now.Spec {
			t.Errorf("before %+v, after %+v", was, now)
		}
	}
}

// TestAFailedVersionIsToldOfBesideItsRevert: they come in one answer.
func TestAFailedVersionIsToldOfBesideItsRevert(t *testing.T) {
	f := startFake(t, "12-bad-version")
	c := start(t, f.URL)
	until(t, c, f.ids(), complete(f.ids()))
	n := theJob()
	n.JobVersion = 8
	changed := c.Changed()
	f.show(t, "12-auto-revert-at-failure")
	<-changed
	testenv.Eventually(t, 20*time.Second, func() error {
		own, latest := c.Deployments(n)
		if own == nil || latest == nil || own.JobVersion != 8 || own.Status != "failed" || !own.AutoRevert ||
			latest.JobVersion != 9 || latest.Status != "running" || latest.Promoted || latest.CanariesWanted != 1 {
			return fmt.Errorf("of version 8 %+v, of the job %+v", own, latest)
		}
		return nil
	})
}

// TestAVersionThatNomadDoesNotListIsAskedFor: of its allocation.
func TestAVersionThatNomadDoesNotListIsAskedFor(t *testing.T) {
	f := startFake(t, "04-canary-shared")
	f.hidden["2"] = true
	c := start(t, f.URL)
	until(t, c, f.ids(), complete(f.ids()))
}

// TestNomadAway: what was known stays, and the deployment says that it may be
// old.
func TestNomadAway(t *testing.T) {
	f := startFake(t, "04-canary-shared")
	c := start(t, f.URL)
	until(t, c, f.ids(), complete(f.ids()))
	problem := func(wanted string) {
		t.Helper()
		testenv.Eventually(t, 20*time.Second, func() error {
			_, d := c.Deployments(theJob())
			if d == nil || (wanted == "") != (d.Problem == "") || !strings.Contains(d.Problem, wanted) {
				return fmt.Errorf("deployment %+v, want problem %q", d, wanted)
			}
			return nil
		})
	}
	problem("")
	f.Change(func() { f.down = true })
	problem("what is known may be old: nomad: GET /v1/job/httpsbackend-sni-1/allocations: 500 Internal Server Error: No cluster leader")
	if n := len(c.Allocations(f.ids())); n != 4 {
		t.Errorf("%d allocations are known, want 4", n)
	}
	f.Change(func() { f.down = false })
	problem("")
}

// TestNobodyAsksAnyMore: then a job is not followed.
func TestNobodyAsksAnyMore(t *testing.T) {
	f := startFake(t, "04-canary-shared")
	c := start(t, f.URL)
	until(t, c, f.ids(), complete(f.ids()))
	c.forget(time.Now().Add(time.Hour))
	if n := len(c.Allocations(f.ids())); n != 0 {
		t.Errorf("%d allocations are known, want none", n)
	}
	until(t, c, f.ids(), complete(f.ids())) // it is asked about again
}

// TestOneSearchFindsAll: the other allocations are in the list of the job. One
// that Nomad does not know does no harm.
func TestOneSearchFindsAll(t *testing.T) {
	f := startFake(t, "08-blue-green")
	c := start(t, f.URL)
	ids := f.ids()
	until(t, c, append([]string{"no-such-allocation"}, ids...), complete(ids))
	n := 0
	for _, id := range ids {
		n += f.readsOf("/v1/allocation/" + id)
	}
	if n != 1 {
		t.Errorf("%d allocations were asked for, want 1", n)
	}
}

// TestErrorsNameTheCall: and the token goes to no other server.
func TestErrorsNameTheCall(t *testing.T) {
	f := startFake(t, "04-canary-shared")
	stolen := false
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen = true }))
	defer other.Close()
	moved := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer moved.Close()
	huge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"ID": "%s"}`, strings.Repeat("x", maxAnswer))
	}))
	defer huge.Close()
	refused := testenv.RefusedAddr(t)
	for _, c := range []struct {
		addr  string
		token string
		says  string
	}{
		{f.URL, "wrong", "nomad: GET /v1/deployment/ID: 403 Forbidden: Permission denied"},
		{f.URL, token, "nomad: GET /v1/deployment/ID: 404 Not Found: not found"},
		{moved.URL, token, "nomad: GET /v1/deployment/ID: 307 Temporary Redirect: "},
		{huge.URL, token, "nomad: GET /v1/deployment/ID: the answer has more than 32 MiB"},
		{"http://" + refused, token, `nomad: Get "http://` + refused + `/v1/deployment/ID?namespace=default": dial tcp`},
	} {
		client := start(t, c.addr, func(conf *Config) { conf.Token = c.token })
		n := theJob()
		n.Deployment = "ID"
		if err := client.Promote(t.Context(), n); err == nil || !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%s: error %v, want %s", c.addr, err, c.says)
		}
	}
	if stolen {
		t.Error("the call went to another server")
	}
}

// TestTLS: both sides check the other's certificate, and files that cannot be
// used are named.
func TestTLS(t *testing.T) {
	f := startFake(t, "04-canary-shared")
	cert, folder := testenv.NewCert(t, "server.global.nomad"), t.TempDir()
	files := TLS{CAFile: filepath.Join(folder, "cert.pem"), CertFile: filepath.Join(folder, "cert.pem"),
		KeyFile: filepath.Join(folder, "key.pem"), ServerName: "server.global.nomad"}
	for name, text := range map[string][]byte{files.CAFile: cert.PEM, files.KeyFile: cert.Key} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewUnstartedServer(f.Config.Handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert.TLS}, ClientAuth: tls.RequireAnyClientCert}
	server.Config.ErrorLog = log.New(t.Output(), "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	n := f.at(3)
	for _, c := range []struct {
		tls TLS
		ok  bool
	}{
		{files, true},
		{TLS{CAFile: files.CAFile, CertFile: files.CertFile, KeyFile: files.KeyFile}, false}, // another name
		{TLS{CertFile: files.CertFile, KeyFile: files.KeyFile, ServerName: files.ServerName}, false},
		{TLS{CAFile: files.CAFile, ServerName: files.ServerName}, false},
		{TLS{CertFile: files.CertFile, KeyFile: files.KeyFile, InsecureSkipVerify: true}, true},
	} {
		client := start(t, server.URL, func(conf *Config) { conf.TLS = c.tls })
		if _, err := client.deployment(t.Context(), n); (err == nil) != c.ok {
			t.Errorf("%+v: error %v", c.tls, err)
		}
	}
	for file, says := range map[TLS]string{
		{CAFile: "none.pem"}:    "nomad.tls.cafile: open none.pem",
		{CAFile: files.KeyFile}: "holds no certificate",
		{CertFile: files.CertFile, KeyFile: files.CertFile + "x"}: "nomad.tls.certfile and nomad.tls.keyfile: open",
	} {
		if _, err := New(Config{TLS: file}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: error %v, want %s", file, err, says)
		}
	}
}
