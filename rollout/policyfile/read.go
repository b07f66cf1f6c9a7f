package policyfile

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"weir/rollout/policy"
)

// readAll reads what was seen. known is what is known so far.
func readAll(seen []found, known []File) (all []File) {
	for _, f := range seen {
		at := slices.IndexFunc(known, func(k File) bool { return k.Path == f.path })
		one := File{Path: f.path}
		if f.info != nil || slices.Contains(Endings(), filepath.Ext(f.path)) {
			one.Name = nameOf(f.path)
		}
		if at >= 0 {
			one = known[at]
		}
		one.read(f)
		all = append(all, one)
		if f.info == nil && f.folder == "" {
			all = append(all, below(f.path, seen, known)...)
		}
	}
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// below is what is known of a folder that cannot be looked at.
func below(folder string, seen []found, known []File) (kept []File) {
	for _, k := range known {
		is := func(f found) bool { return f.path == k.Path }
		if filepath.Dir(k.Path) == filepath.Clean(folder) && !slices.ContainsFunc(seen, is) {
			kept = append(kept, k)
		}
	}
	return kept
}

// read reads the file anew. What is wrong changes nothing but the problem.
func (f *File) read(seen found) {
	text, err := "", seen.err
	if err == nil {
		text, err = readText(f.Path)
	}
	f.unread = err != nil
	var p policy.Policy
	if err == nil {
		p, err = policy.Parse([]byte(text))
	}
	if err != nil {
		f.Problem = err.Error()
		return
	}
	f.Text, f.Policy, f.Problem = text, p, ""
}

// isUnread reports whether a file was there and could not be read, which may be
// over without another time of the file.
func isUnread(seen []found, known []File) bool {
	return slices.ContainsFunc(known, func(f File) bool {
		return f.unread && slices.ContainsFunc(seen, func(s found) bool { return s.path == f.Path && s.info != nil })
	})
}

// readText reads one byte more than a policy may have, for policy.Parse to tell.
func readText(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, policy.MaxSize+1))
	return string(text), err
}

// nameOf is the policy's name.
func nameOf(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}
