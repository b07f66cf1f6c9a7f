package policyfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFiles bounds how many files of a folder are read.
const maxFiles = 1000

// found is what a look saw at a path.
type found struct {
	path, folder string      // folder: that of Paths in which it was found; empty: it is one of Paths
	info         fs.FileInfo // nil: it cannot be looked at
	err          error
}

// same compares two looks.
func same(a, b []found) bool {
	return slices.EqualFunc(a, b, func(a, b found) bool {
		if a.path != b.path || a.info == nil || b.info == nil {
			return a.path == b.path && a.info == b.info
		}
		return os.SameFile(a.info, b.info) && a.info.Size() == b.info.Size() && a.info.ModTime().Equal(b.info.ModTime())
	})
}

// find looks at all files, in the order of their paths.
func (s Source) find() (all []found) {
	for _, path := range s.Paths {
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			all = append(all, inFolder(path)...)
		case err == nil && !info.Mode().IsRegular():
			all = append(all, found{path: path, err: fmt.Errorf("%s is neither a file nor a folder", path)})
		default:
			all = append(all, found{path: path, info: info, err: err})
		}
	}
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.path, b.path) })
	return slices.CompactFunc(all, func(a, b found) bool { return a.path == b.path })
}

// inFolder looks at the files of a folder. Of one that cannot be read there is
// the folder itself, with an error.
func inFolder(folder string) (all []found) {
	list, err := os.ReadDir(folder)
	if err != nil {
		return []found{{path: folder, err: err}}
	}
	for _, e := range list {
		path := filepath.Join(folder, e.Name())
		if strings.HasPrefix(e.Name(), ".") || !slices.Contains(Endings(), filepath.Ext(path)) {
			continue
		}
		info, err := os.Stat(path) // what a link leads to
		switch {
		case err == nil && !info.Mode().IsRegular():
		case len(all) == maxFiles:
			return append(all, found{path: folder, err: fmt.Errorf("more than %d policies are in the folder: those after %s are left out", maxFiles, all[maxFiles-1].path)})
		default:
			all = append(all, found{path, folder, info, err})
		}
	}
	return all
}
