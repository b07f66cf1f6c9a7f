package event

import "strconv"

// Status codes of gRPC that speak of the server, not of the call.
// https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
const (
	codeUnknown          = 2
	codeDeadlineExceeded = 4
	codeInternal         = 13
	codeUnavailable      = 14
	codeDataLoss         = 15
)

// NoCode stands for an exchange that is no gRPC call.
const NoCode = -1

// Code reads the value of a grpc-status field, from the trailers or, where the
// answer has no body, from the head. What is missing or no number from 0 to 16
// counts as UNKNOWN, as a gRPC client sees it.
func Code(field string) int {
	code, err := strconv.ParseUint(field, 10, 8)
	if err != nil || code > 16 {
		return codeUnknown
	}
	return int(code)
}

func isBadCode(code int) bool {
	switch code {
	case codeUnknown, codeDeadlineExceeded, codeInternal, codeUnavailable, codeDataLoss:
		return true
	}
	return false
}
