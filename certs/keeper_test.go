package certs

import (
	"strings"
	"testing"

	"weir/tlssni"
)

// TestEachTextIsOnItsOwn changes texts step by step. What is served and what is
// listed is as the words say, the problems by their places.
func TestEachTextIsOnItsOwn(t *testing.T) {
	m := newMaterial(t)
	for _, c := range []struct {
		name  string
		steps [][3]string // texts, served, problems
	}{
		{"in the order of names", [][3]string{{"b.pem=b a.pem=a c-key.pem=c.key c-cert.pem=c.cert", "a b c", ""}}},
		{"other files are none", [][3]string{{"list=junk a.pem=a x.crt=b", "a", ""}}},
		{"a bad one harms only itself", [][3]string{{"a.pem=junk b.pem=b c.pem=!unread", "b", "a.pem: failed to find|c.pem: unread"}}},
		{"a key of another", [][3]string{{"a-cert.pem=a.cert a-key.pem=b.key b.pem=b", "b", "a-cert.pem: private key does not match"}}},
		{"one of two is missing", [][3]string{{"a-cert.pem=a.cert b-key.pem=b.key c.pem=c", "c", "a-cert.pem: there is no a-key.pem for this certificate|b-key.pem: there is no b-cert.pem for this key"}}},
		{"only one of two can be read", [][3]string{{"a-cert.pem=a.cert a-key.pem=!denied", "", "a-cert.pem: denied"}}},
		{"one becomes bad, and good", [][3]string{
			{"a.pem=a b.pem=b", "a b", ""},
			{"a.pem=junk b.pem=b", "a b", "a.pem: failed to find any PEM data in certificate input; the last good one stays"},
			{"a.pem=c b.pem=b", "c b", ""},
		}},
		{"one goes away", [][3]string{{"a.pem=a b.pem=b", "a b", ""}, {"b.pem=b", "b", ""}}},
		{"a bad one goes away", [][3]string{{"a.pem=a b.pem=b", "a b", ""}, {"a.pem=junk b.pem=b", "a b", "a.pem: "}, {"b.pem=b", "b", ""}}},
		{"none is there", [][3]string{{"list=junk", "", "all: no certificate is there"}, {"a.pem=a", "a", ""}}},
		{"all go away", [][3]string{
			{"a.pem=a b.pem=b", "a b", ""},
			{"", "a b", "all: no certificate is there any more; the last ones stay"},
			{"a.pem=c", "c", ""},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := &keeper{pair: byName}
			for i, step := range c.steps {
				all, problems := k.take(m.texts(step[0]))
				var served []string
				for _, cert := range all {
					served = append(served, strings.TrimSuffix(tlssni.Names(cert)[0], ".test"))
				}
				if got := strings.Join(served, " "); got != step[1] {
					t.Errorf("step %d: served %q, want %q", i, got, step[1])
				}
				checkProblems(t, problems, step[2])
			}
		})
	}
}

// checkProblems compares problems with "place: start of the reason|...".
func checkProblems(t *testing.T, got []Problem, want string) {
	t.Helper()
	wants := strings.Split(want, "|")
	if want == "" {
		wants = nil
	}
	ok := len(got) == len(wants)
	for i := 0; ok && i < len(got); i++ {
		ok = strings.HasPrefix(got[i].Place+": "+got[i].Reason, wants[i])
	}
	if !ok {
		t.Errorf("problems %q, want %q", got, wants)
	}
}

// TestWhatIsUnchangedIsKept looks at the pointer: what is reloaded would be parsed
// again and again.
func TestWhatIsUnchangedIsKept(t *testing.T) {
	m, k := newMaterial(t), &keeper{pair: byName}
	first, _ := k.take(m.texts("a.pem=a b.pem=b"))
	second, _ := k.take(m.texts("a.pem=a b.pem=c"))
	if first[0] != second[0] || first[1] == second[1] {
		t.Error("a certificate is another one although its text is the same, or the other way round")
	}
}

func TestAuthoritiesChangeAsAWhole(t *testing.T) {
	m := newMaterial(t)
	p := &pool{store: tlssni.NewAuthorities().Store}
	for i, step := range []struct {
		texts    string
		changed  bool
		problems string
	}{
		{"", false, "clientca: no certificate is there; no client is let in"},
		{"a.pem=junk", false, "a.pem: holds no certificate in PEM; no client is let in"},
		{"a.pem=a.cert b.pem=b.cert", true, ""},
		{"a.pem=a.cert b.pem=b.cert", false, ""},
		{"a.pem=a.cert b.pem=junk", false, "b.pem: holds no certificate in PEM; the last good authorities stay"},
		{"a.pem=a.cert b.pem=!denied", false, "b.pem: denied; the last good authorities stay"},
		{"a.pem=a.cert b.pem=b", false, `b.pem: holds a PEM block of type "PRIVATE KEY", want only CERTIFICATE`},
		{"", false, "clientca: no certificate is there; the last good authorities stay"},
		{"b.pem=b.cert", true, ""},
	} {
		changed, problems := p.take(m.texts(step.texts))
		if changed != step.changed {
			t.Errorf("step %d: changed %v", i, changed)
		}
		checkProblems(t, problems, step.problems)
	}
}
