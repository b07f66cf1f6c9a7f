package admin

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// MatchInput names what was read.
type MatchInput struct {
	IfMatch string `header:"If-Match" maxLength:"30" doc:"The ETag that was read, in place of an index or generation elsewhere: \"12\"; \"0\": there was nothing; *: there is something"`
}

// index is the one that a client names; nil for none.
func (in *MatchInput) index(given *uint64) (*uint64, error) { return indexOf(in.IfMatch, given) }

// etag is the ETag of what is at an index.
func etag(index uint64) string { return fmt.Sprintf("%q", strconv.FormatUint(index, 10)) }

// something is the index of whatever is there (RFC 9110 section 13.1.1).
const something = math.MaxUint64

// indexOf is the index that a client names in If-Match, else that of the body
// or query; nil for none.
func indexOf(ifMatch string, given *uint64) (*uint64, error) {
	index := uint64(something)
	switch ifMatch {
	case "":
		return given, nil
	case "*":
		return &index, nil
	}
	index, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimPrefix(ifMatch, `"`), `"`), 10, 63)
	if err != nil {
		return nil, huma.Error400BadRequest(fmt.Sprintf("If-Match is %q, which is not an index in quotes such as \"12\", nor *", ifMatch))
	}
	return &index, nil
}

// isCurrent reports whether what is at an index, 0 for nothing, is what a client
// wants there.
func isCurrent(wanted *uint64, index uint64) bool {
	return wanted == nil || *wanted == index || *wanted == something && index != 0
}

// indexName is an index in a sentence.
func indexName(wanted uint64) string {
	if wanted == something {
		return "If-Match: *"
	}
	return fmt.Sprintf("index %d", wanted)
}
