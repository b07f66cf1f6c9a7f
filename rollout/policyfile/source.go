// Package policyfile reads policies from files, and again when they change: one
// policy a file, which is called as the file without its ending.
package policyfile

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"weir/rollout/policy"
	"weir/twolooks"
)

// look is how often the files are looked at.
const look = 500 * time.Millisecond

// File is one file, or a folder or file of Source.Paths that cannot be read.
type File struct {
	Path    string
	Name    string        // of the policy; empty for a folder
	Text    string        // the last that was good; empty: none was yet
	Policy  policy.Policy // that Text says; not if it is empty
	Problem string        // why the file as it is now does not count; empty: Text is what is in it
	unread  bool          // Problem is that it cannot be read, not what is in it
}

// Source is files with policies.
type Source struct {
	// Paths are files, and folders of which every file counts whose name ends as
	// Endings say and does not begin with a dot.
	Paths []string
}

// Endings are those of files with policies, in a folder.
func Endings() []string { return []string{".yaml", ".yml", ".json", ".hcl"} }

// Check reads the files once, and lists what is wrong with them.
func (s Source) Check() error {
	var all []error
	for _, f := range readAll(s.find(), nil) {
		if f.Problem != "" {
			all = append(all, fmt.Errorf("policy file %s: %s", f.Path, f.Problem))
		}
	}
	return errors.Join(all...)
}

// Run reads the files, and tells of all of them, by path, at once and after each
// change, until ctx ends. It returns the cause of that. A file that is bad, or
// named in Paths and not there, keeps its last good text; one that is gone from
// its folder is gone.
func (s Source) Run(ctx context.Context, tell func([]File)) error {
	var known []File
	first := true
	twolooks.Follow(ctx, look, s.find, same, func(seen []found) (again bool) {
		now := readAll(seen, known)
		if first || !reflect.DeepEqual(now, known) {
			tell(now)
		}
		first, known = false, now
		return isUnread(seen, known)
	})
	return context.Cause(ctx)
}
