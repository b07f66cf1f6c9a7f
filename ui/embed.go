// Package ui holds the pages of the admin as npm has built them.
package ui

import (
	"embed"
	"io/fs"
)

// dist holds only its README in a binary that was built without npm.
//
//go:embed all:dist
var dist embed.FS

// Files are the built pages, with index.html at the root; nil in a binary that
// was built without them.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil
	}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		return nil
	}
	return files
}
