package testenv

import (
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// TestTheStandInIsLikeCurl runs what documents use of curl with the stand-in,
// and with curl itself where the machine has it.
func TestTheStandInIsLikeCurl(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			w.WriteHeader(http.StatusNotFound)
		}
		body := make([]byte, r.ContentLength)
		r.Body.Read(body)
		fmt.Fprintf(w, "%s %s%s %s %q", r.Method, r.Host, r.URL.Path, r.Header.Get("Content-Type"), body)
	})
	plain, secure := HandlerBackend(t, "plain", echo), TLSBackend(t, "secure", "a.test")
	_, port, _ := net.SplitHostPort(secure.Addr)
	url := "http://" + plain.Addr + "/"
	curls := []string{buildCurl(t)}
	if curl, err := exec.LookPath("curl"); err == nil {
		curls = append(curls, curl)
	}
	for _, c := range []struct {
		args []string
		want string
		ok   bool
	}{
		{[]string{"-s", url}, `GET ` + plain.Addr + `/  ""`, true},
		{[]string{"-s", "-H", "Host: b.test", url + "x"}, `GET b.test/x  ""`, true},
		{[]string{"-s", "-X", "DELETE", url}, `DELETE ` + plain.Addr + `/  ""`, true},
		{[]string{"-s", "-H", "Content-Type: application/json", "-d", "{}", url}, `POST ` + plain.Addr + `/ application/json "{}"`, true},
		{[]string{"-s", url + "missing"}, `GET ` + plain.Addr + `/missing  ""`, true},
		{[]string{"-sf", url + "missing"}, "", false},
		{[]string{"-s", "http://" + RefusedAddr(t) + "/"}, "", false},
		{[]string{"-sk", "--resolve", "a.test:" + port + ":127.0.0.1", "https://a.test:" + port + "/"}, "secure", true},
		{[]string{"-s", "--resolve", "a.test:" + port + ":127.0.0.1", "https://a.test:" + port + "/"}, "", false},
		{[]string{"-s", "--no-such-flag", url}, "", false},
	} {
		for _, curl := range curls {
			out, err := exec.Command(curl, c.args...).Output()
			if string(out) != c.want || (err == nil) != c.ok {
				t.Errorf("%s %s: %q (%v), want %q", curl, strings.Join(c.args, " "), out, err, c.want)
			}
		}
	}
}
