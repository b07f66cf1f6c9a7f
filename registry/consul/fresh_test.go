package consul

import (
	"context"
	"slices"
	"testing"
)

// TestAFailureElsewhereStartsAQueryOver: once, although its own index is known.
func TestAFailureElsewhereStartsAQueryOver(t *testing.T) {
	var s Source
	var asked []uint64
	query := fresh(&s, func(_ context.Context, index uint64) (string, uint64, error) {
		asked = append(asked, index)
		return "", 7, nil
	})
	query(t.Context(), 0)
	query(t.Context(), 7)
	s.failed.Add(1)
	query(t.Context(), 7)
	query(t.Context(), 7)
	if want := []uint64{0, 7, 0, 7}; !slices.Equal(asked, want) {
		t.Errorf("asked with the indices %v, want %v", asked, want)
	}
}
