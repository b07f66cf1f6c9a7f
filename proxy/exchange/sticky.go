package exchange

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"log/slog"
	"sync/atomic"
	"time"

	"weir/route"
)

// Sticky makes and reads the cookies by which clients stay with their target. A
// cookie is one block of AES: the target's ID, which is a hash, and a number that
// nobody can make without the secret. It tells no address and costs no memory.
type Sticky struct {
	// Secret is what the fleet shares, so that each proxy knows the others' cookies.
	Secret func(context.Context) ([]byte, error)
	Log    *slog.Logger

	block  atomic.Pointer[cipher.Block]
	wanted atomic.Bool // a route asks for cookies
}

// proof is the second half of a block.
const proof = 0x77656972_73746b79

// Run fetches the secret when the first route wants it, until ctx ends. Before
// that clients get no cookie.
func (s *Sticky) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for said := false; ; {
		if s.wanted.Load() && s.block.Load() == nil {
			if err := s.fetch(ctx); err != nil && !said {
				s.Log.Warn("clients do not stay with their targets: there is no secret for cookies", "error", err)
				said = true
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *Sticky) fetch(ctx context.Context) error {
	secret, err := s.Secret(ctx)
	if secret == nil {
		return err
	}
	key := sha256.Sum256(append([]byte("sticky "), secret...))
	block, err := aes.NewCipher(key[:16])
	if err != nil {
		return err
	}
	s.block.Store(&block)
	return nil
}

// read is the ID of a target in a cookie's value; 0 for none.
func (s *Sticky) read(value []byte) uint64 {
	block := s.block.Load()
	if block == nil || base64.RawURLEncoding.DecodedLen(len(value)) != aes.BlockSize {
		return 0
	}
	var b [aes.BlockSize]byte
	if _, err := base64.RawURLEncoding.Strict().Decode(b[:], value); err != nil {
		return 0
	}
	(*block).Decrypt(b[:], b[:])
	if binary.BigEndian.Uint64(b[8:]) != proof {
		return 0
	}
	return binary.BigEndian.Uint64(b[:8])
}

// cookie is the Set-Cookie value, but for Secure, that makes a client stay with t.
func (s *Sticky) cookie(rt *route.Route, t *route.Target) string {
	block := s.block.Load()
	if block == nil {
		return ""
	}
	b := make([]byte, aes.BlockSize)
	binary.BigEndian.PutUint64(b, t.ID())
	binary.BigEndian.PutUint64(b[8:], proof)
	(*block).Encrypt(b, b)
	return rt.Sticky() + "=" + base64.RawURLEncoding.EncodeToString(b) + "; Path=" + rt.CookiePath() + "; HttpOnly; SameSite=Lax"
}

// stuck is the ID of the target that the client is to stay with; 0 for none.
func (x *Exchange) stuck(s *Sticky, name string) uint64 {
	if !s.wanted.Load() {
		s.wanted.Store(true)
	}
	x.stays = s.read(route.Cookie(asked{x}, name))
	return x.stays
}

// stuck is 0: a connection has no cookies.
func (s *Session) stuck(*Sticky, string) uint64 { return 0 }

// stay has the client told to stay with t, unless it knows.
func (x *Exchange) stay(s *Sticky, t *route.Target) {
	if x.sticky = ""; s != nil && x.Route.Sticky() != "" && x.stays != t.ID() {
		x.sticky = s.cookie(x.Route, t)
	}
}
