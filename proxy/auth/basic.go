// Package auth checks credentials for routes that ask for a scheme of proxy.auth.
package auth

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tg123/go-htpasswd"
)

// Basic is HTTP basic authentication (RFC 7617) against an htpasswd file.
type Basic struct {
	File  string
	Realm string
	// Refresh is how often the file is read again; zero means never.
	Refresh time.Duration
	Log     *slog.Logger

	users atomic.Pointer[htpasswd.File]
}

// Load reads the file. An error names the file and the line.
func (b *Basic) Load() error {
	var bad error
	users, err := htpasswd.New(b.File, htpasswd.DefaultSystems, func(err error) { bad = err })
	if err == nil {
		err = bad
	}
	if err != nil {
		return fmt.Errorf("htpasswd file %s: %w", b.File, err)
	}
	b.users.Store(users)
	return nil
}

// Run reads the file again every Refresh until ctx ends. While it cannot be
// read nobody is let in.
func (b *Basic) Run(ctx context.Context) error {
	if b.Refresh == 0 {
		<-ctx.Done()
		return nil
	}
	ticker := time.NewTicker(b.Refresh)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := b.Load(); err != nil {
			b.users.Store(nil)
			b.Log.Error("everybody is refused", "error", err)
		}
	}
}

// Challenge is the WWW-Authenticate value of a refusal.
func (b *Basic) Challenge() string { return fmt.Sprintf("Basic realm=%q", b.Realm) }

// Allow reports whether the Authorization field value names a user of the file
// and the password.
func (b *Basic) Allow(authorization []byte) bool {
	scheme, credentials, _ := bytes.Cut(authorization, []byte(" "))
	plain, err := base64.StdEncoding.AppendDecode(nil, bytes.TrimSpace(credentials))
	users := b.users.Load()
	if err != nil || users == nil || !bytes.EqualFold(scheme, []byte("basic")) {
		return false
	}
	user, password, ok := strings.Cut(string(plain), ":")
	return ok && users.Match(user, password)
}
