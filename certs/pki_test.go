package certs

import (
	"crypto/tls"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"weir/internal/testenv"
	"weir/tlssni"
)

// wantedNames are those of the routes of a test.
func wantedNames(server string) (string, bool) {
	_, parent, _ := strings.Cut(server, ".")
	switch {
	case server == "web.test" || server == "*.wild.test":
		return server, true
	case parent == "wild.test":
		return "*.wild.test", true
	}
	return "", false
}

func runPKI(t *testing.T, v *fakeVault) *Source {
	a := v.around("hvs.good")
	a.Wanted = wantedNames
	return run(t, Config{Name: "p", Type: "vault-pki", Cert: "pki/issue/web"}, a)
}

// TestNamesWithARouteGetACertificate asks for one name from many clients at once,
// and for names without a route.
func TestNamesWithARouteGetACertificate(t *testing.T) {
	v := newFakeVault(t)
	v.issue = func(name string) testenv.Cert { return testenv.NewCert(t, name) }
	conf := runPKI(t, v).TLS(tlssni.Options{})
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			if leaf, _, err := handshake(t, conf, &tls.Config{ServerName: "Web.test"}); err != nil || leaf.DNSNames[0] != "web.test" {
				t.Error(leaf, err)
			}
		})
	}
	clients.Wait()
	for name, want := range map[string]string{"a.wild.test": "*.wild.test", "b.wild.test": "*.wild.test", "other.test": "", "x.web.test": "", "a.b.wild.test": "", "": ""} {
		leaf, _, err := handshake(t, conf, &tls.Config{ServerName: name})
		switch {
		case want == "" && (err == nil || !strings.Contains(err.Error(), "unrecognized name")):
			t.Errorf("%q: %v, want the alert unrecognized_name", name, err)
		case want != "" && (err != nil || leaf.DNSNames[0] != want):
			t.Errorf("%q: %v, %v, want %s", name, leaf, err, want)
		}
	}
	if v.asked() != 2 {
		t.Errorf("%d certificates were issued, want 2", v.asked())
	}
}

// TestWhatVaultRefusesIsAProblem until Vault does what it should.
func TestWhatVaultRefusesIsAProblem(t *testing.T) {
	v := newFakeVault(t)
	s := runPKI(t, v)
	conf := s.TLS(tlssni.Options{})
	if _, _, err := handshake(t, conf, &tls.Config{ServerName: "web.test"}); err == nil {
		t.Error("a handshake without a certificate")
	}
	await(t, s, "", "web.test: vault answered 400 Bad Request to pki/issue/web: common name web.test not allowed by this role")
	v.do(func() { v.issue = func(string) testenv.Cert { return testenv.NewCert(t, "else.test") } })
	retry := func(want string) {
		testenv.Eventually(t, 30*time.Second, func() error {
			_, _, err := handshake(t, conf, &tls.Config{ServerName: "web.test"})
			if want == "" {
				return err
			}
			return nil
		})
		if want != "" {
			testenv.Holds(t, 30*time.Second, want, func() bool {
				handshake(t, conf, &tls.Config{ServerName: "web.test"})
				return strings.Contains(s.says(), want)
			})
		}
	}
	retry("vault issued a certificate that is not for web.test")
	v.do(func() { v.issue = func(name string) testenv.Cert { return testenv.NewCert(t, name) } })
	retry("")
	await(t, s, "web")
}

// TestVaultIsNotFlooded lets tries fail. Until the next, which is up to a minute
// away, clients get the error at once.
func TestVaultIsNotFlooded(t *testing.T) {
	i := newIssuer(nil, Config{}, wantedNames, (&tlssni.Certificates{}).Store)
	i.all["web.test"] = &issued{}
	for n := range 10 {
		i.all["web.test"].busy = make(chan struct{})
		i.end("web.test", nil, errForTest)
		if n > 6 && time.Until(i.all["web.test"].next) < maxPause/3 {
			t.Errorf("try number %d may come after %v", n+2, time.Until(i.all["web.test"].next))
		}
		if cert, err := i.get(&tls.ClientHelloInfo{ServerName: "web.test"}); cert != nil || err != errForTest || len(i.work) > 0 {
			t.Errorf("got %v, %v, and %d tries", cert, err, len(i.work))
		}
	}
}

// TestCertificatesAreIssuedAgain follows one through its life in a bubble: when a
// third of it is left it is issued again, over and over while Vault fails, and it
// is forgotten when nobody wants it any more.
func TestCertificatesAreIssuedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wanted, store := true, &tlssni.Certificates{}
		i := newIssuer(nil, Config{Refresh: 24 * time.Hour}, func(name string) (string, bool) { return name, wanted }, store.Store)
		life := func(name string, hours int) *tls.Certificate {
			c := testenv.NewCert(t, name).TLS
			c.Leaf.NotBefore, c.Leaf.NotAfter = time.Now(), time.Now().Add(time.Duration(hours)*time.Hour)
			return &c
		}
		tries := func() (n int) { // that are due now
			i.again(time.Now())
			for ; len(i.work) > 0; n++ {
				<-i.work
			}
			return n
		}
		i.all["a.test"] = &issued{busy: make(chan struct{})}
		i.end("a.test", life("a.test", 24), nil)
		<-time.After(15 * time.Hour)
		if tries() != 0 {
			t.Error("issued again with nine of 24 hours left")
		}
		<-time.After(time.Hour + time.Minute)
		if tries() != 1 || tries() != 0 {
			t.Error("not issued again once with less than eight of 24 hours left")
		}
		for range 20 {
			i.end("a.test", nil, errForTest)
			<-time.After(maxPause)
			if tries() != 1 {
				t.Error("not tried again a minute after a failure")
			}
		}
		if len(store.Load().All()) != 1 || i.problems()[0].Reason != errForTest.Error() {
			t.Error("the old certificate is not served, or no problem is told")
		}
		i.end("a.test", life("a.test", 240), nil)
		if i.problems() != nil {
			t.Error(i.problems())
		}
		wanted = false
		<-time.After(239 * time.Hour)
		if tries() != 0 || len(store.Load().All()) != 1 {
			t.Error("issued although nobody wants it, or dropped before its end")
		}
		<-time.After(2 * time.Hour)
		if tries() != 0 || len(store.Load().All()) != 0 || len(i.all) != 0 {
			t.Error("not forgotten after its end")
		}
	})
}
