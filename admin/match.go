package admin

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
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
		return nil, badValue("If-Match", ifMatch, fmt.Sprintf("If-Match is %q, which is not an index in quotes such as \"12\", nor *", ifMatch))
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

// changed is the failure of a write that was meant for another state than the
// one that is there.
func changed(scope string, given *uint64, current uint64, text string) *Failure {
	p := params{"scope": scope, "current": strconv.FormatUint(current, 10)}
	switch {
	case given == nil:
	case *given == something:
		p["given"] = "*"
	default:
		p["given"] = strconv.FormatUint(*given, 10)
	}
	return fail(Changed, text, p)
}

// atHeader makes the failure of a write that named in If-Match what was read the
// 412 that RFC 9110 section 13.1.1 wants. Other conflicts stay what they are:
// reading again does not help against them.
func atHeader(ifMatch string, err error) error {
	c, ok := err.(interface{ failure() *Failure })
	if ifMatch == "" || !ok || c.failure().Code != Changed {
		return err
	}
	f := c.failure()
	f.Status, f.Title = http.StatusPreconditionFailed, http.StatusText(http.StatusPreconditionFailed)
	return err
}

func (f *Failure) failure() *Failure { return f }
