package controller

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"weir/rollout/policyfile"
	"weir/route"
)

// FileError says that a policy is in a file, which only its owner writes.
type FileError struct {
	Name, File string      // of the policy that is in the file
	Scope      route.Scope // that it is for, where that stands against the write; else zero
}

func (e *FileError) Error() string {
	if e.Scope != (route.Scope{}) {
		return fmt.Sprintf("%s has its policy %s in the file %s: change that", e.Scope, e.Name, e.File)
	}
	return fmt.Sprintf("policy %s is in the file %s: change that", e.Name, e.File)
}

// schemaName is what no policy in a file is called: at its path in the API there
// is the schema of policies.
const schemaName = "schema"

// policyOf is the policy of a file.
func policyOf(f policyfile.File) Policy {
	p := Policy{Policy: f.Policy, Name: f.Name, Text: f.Text, File: f.Path}
	err := checkName(f.Name)
	switch {
	case err != nil:
		p.Problem = err.Error()
	case f.Name == schemaName:
		p.Problem = fmt.Sprintf("policy name %q stands for the JSON Schema of policies, want another name", f.Name)
	case f.Text == "":
		p.Problem = f.Problem
	case f.Problem != "":
		p.Stale = "the last good text counts: " + f.Problem
	}
	return p
}

// origin is where a policy is, for a message.
func (p *Policy) origin() string {
	if p.File == "" {
		return "the store"
	}
	return "the file " + p.File
}

// named is a policy, for a message.
func (p *Policy) named() string {
	if p.File == "" {
		return "policy " + p.Name
	}
	return fmt.Sprintf("policy %s of the file %s", p.Name, p.File)
}

// whyAfter says why the policy does not count beside another for the same scope.
func (p *Policy) whyAfter(first *Policy) string {
	if p.File == "" && first.File != "" {
		return "files count before the store"
	}
	return "comes first"
}

// inFile names the file that something is wrong with.
func (p *Policy) inFile(why string) string {
	if p.File == "" {
		return why
	}
	return p.File + ": " + why
}

func (c *Controller) hearPolicyFiles(files []policyfile.File) {
	for _, f := range files {
		if f.Problem != "" {
			c.conf.Log.Warn("a policy file does not count", "file", f.Path, "error", f.Problem)
		}
	}
	c.view.update(func() { c.view.files, c.view.readFiles = files, true; c.view.combine() })
}

// combine makes the policies of what was read. The caller holds v.mu.
func (v *view) combine() { v.policies = allPolicies(v.files, v.stored) }

func (v *view) policyFiles() []policyfile.File {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.files
}

// hasUnread reports whether something is or may be in files that nobody could
// read since the start.
func (v *view) hasUnread() bool {
	return slices.ContainsFunc(v.policyFiles(), func(f policyfile.File) bool { return f.Text == "" && f.Problem != "" })
}

// fileProblems lists folders that cannot be read, and proxies whose files are
// others. The caller holds v.mu.
func (v *view) fileProblems() (list []route.Problem) {
	for _, f := range v.files {
		if f.Name == "" {
			list = append(list, route.Problem{Source: "policy", Text: f.Path, Reason: f.Problem})
		}
	}
	if len(v.others) > 0 {
		list = append(list, route.Problem{Source: "policy", Text: "rollout.policies",
			Reason: fmt.Sprintf("the files of %s have other policies; those of this proxy count as long as it leads", strings.Join(v.others, ", "))})
	}
	return list
}

// fileOf is the policy that a file has of this name; nil when none has.
func (c *Controller) fileOf(name string) *Policy {
	for _, p := range allPolicies(c.view.policyFiles(), nil) {
		if p.Name == name {
			return &p
		}
	}
	return nil
}

// refuseFiles says which file stands against a policy in the store.
func (c *Controller) refuseFiles(name string, scope route.Scope) error {
	if p := c.fileOf(name); p != nil {
		return &FileError{Name: name, File: p.File}
	}
	for _, p := range allPolicies(c.view.policyFiles(), nil) {
		if p.Problem == "" && p.Scope() == scope && scope != (route.Scope{}) {
			return &FileError{Name: p.Name, File: p.File, Scope: scope}
		}
	}
	return nil
}

// digestOf is the same for files that have the same policies; empty without any.
func digestOf(files []policyfile.File) string {
	sum := sha256.New()
	none := true
	for _, p := range allPolicies(files, nil) {
		if p.Problem == "" {
			fmt.Fprintf(sum, "%q %q\n", p.Name, p.Text)
			none = false
		}
	}
	if none {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// compareFiles finds the proxies whose policy files are others than the leader's.
func (l *leader) compareFiles() {
	var others []string
	own := l.answers[l.conf.Name].PolicyFiles
	for name, a := range l.answers {
		if a.PolicyFiles != own {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	if changed := l.view.setOthers(others); changed && len(others) > 0 {
		l.conf.Log.Warn("other proxies have other policies in files; those of this proxy count as long as it leads", "proxies", strings.Join(others, ", "))
	}
}

// setOthers reports whether they were others before.
func (v *view) setOthers(others []string) (changed bool) {
	if v.mu.Lock(); slices.Equal(v.others, others) {
		v.mu.Unlock()
		return false
	}
	v.mu.Unlock()
	v.update(func() { v.others = others })
	return true
}
