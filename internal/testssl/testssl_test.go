//go:build testssl

package testssl

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// finding is one line of testssl's report.
type finding struct {
	ID, Severity, Finding string
}

// TestNoFindingAboveLow scans the listener as anybody would. The findings that are
// LOW come with Go's TLS 1.2: suites with CBC, for clients that have no others, and
// the lifetime of a week that it tells clients of tickets, whose keys weir exchanges
// each 12 hours; and HSTS is the user's to set (proxy.header.sts.maxage).
func TestNoFindingAboveLow(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.json")
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	scan := exec.CommandContext(ctx, "testssl", "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none",
		"--ip", "127.0.0.1", "--openssl-timeout", "20", "--jsonfile", report, "https://localhost:"+listener(t)+"/")
	out, failed := scan.CombinedOutput()
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("%v, %v\n%s", err, failed, out)
	}
	var findings []finding
	if err := json.Unmarshal(text, &findings); err != nil {
		t.Fatal(err)
	}
	good := map[string]bool{}
	for _, f := range findings {
		switch {
		case f.Severity == "OK":
			good[f.ID] = true
		case f.Severity == "INFO" || f.Severity == "LOW" || f.aboutTrust():
			t.Logf("%s %s: %s", f.Severity, f.ID, f.Finding)
		default:
			t.Errorf("%s %s: %s", f.Severity, f.ID, f.Finding)
		}
	}
	for _, id := range []string{"TLS1_2", "TLS1_3", "heartbleed", "ROBOT", "secure_renego", "fallback_SCSV", "PFS", "RC4"} {
		if !good[id] {
			t.Errorf("no good word on %s: was everything scanned?\n%s", id, out)
		}
	}
}

// aboutTrust reports whether it is about who vouches for the certificate, which a
// test on loopback signs itself.
func (f finding) aboutTrust() bool {
	name, _, _ := strings.Cut(f.ID, " ") // of several certificates each has a number
	return name == "cert_chain_of_trust" || name == "cert_revocation"
}
