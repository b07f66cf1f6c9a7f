package admin

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Code says in one word why a request was not served. Codes do not change.
type Code string

// The codes. docs/ADMIN.md lists them with what they mean.
const (
	Malformed        Code = "malformed"
	BadValue         Code = "bad_value"
	BothGiven        Code = "both_given"
	BadShares        Code = "bad_shares"
	BadPolicy        Code = "bad_policy"
	BadOverride      Code = "bad_override"
	LoginRequired    Code = "login_required"
	LoginFailed      Code = "login_failed"
	ReadOnly         Code = "read_only"
	RoleMissing      Code = "role_missing"
	OtherServices    Code = "other_services"
	NotListed        Code = "not_listed"
	ForeignSite      Code = "foreign_site"
	ForeignHost      Code = "foreign_host"
	NoCSRF           Code = "no_csrf"
	UnknownPath      Code = "unknown_path"
	UnknownScope     Code = "unknown_scope"
	UnknownRollout   Code = "unknown_rollout"
	PolicyNotTakenUp Code = "policy_not_taken_up"
	UnknownPolicy    Code = "unknown_policy"
	NothingJudged    Code = "nothing_judged"
	NoLogin          Code = "no_login"
	MethodNotAllowed Code = "method_not_allowed"
	TooSlow          Code = "too_slow"
	Changed          Code = "changed"
	Refused          Code = "refused"
	StoreWritable    Code = "store_writable"
	PolicyInFile     Code = "policy_in_file"
	KeyInUse         Code = "key_in_use"
	TooLarge         Code = "too_large"
	NotJSON          Code = "not_json"
	Invalid          Code = "invalid"
	KeyReused        Code = "key_reused"
	TooManyAttempts  Code = "too_many_attempts"
	Internal         Code = "internal"
	NoOverrides      Code = "no_overrides"
	StoreAway        Code = "store_away"
	ProviderAway     Code = "provider_away"
	TooManyStreams   Code = "too_many_streams"
)

// codes lists each code with its status. The first of a status is what huma's
// own errors get.
func codes() []struct {
	Code
	Status int
} {
	type code = struct {
		Code
		Status int
	}
	return []code{
		{Malformed, 400}, {BadValue, 400}, {BothGiven, 400}, {BadShares, 400}, {BadPolicy, 400}, {BadOverride, 400},
		{LoginRequired, 401}, {LoginFailed, 401},
		{ReadOnly, 403}, {RoleMissing, 403}, {OtherServices, 403}, {NotListed, 403}, {ForeignSite, 403}, {ForeignHost, 403}, {NoCSRF, 403},
		{UnknownPath, 404}, {UnknownScope, 404}, {UnknownRollout, 404}, {PolicyNotTakenUp, 404}, {UnknownPolicy, 404}, {NothingJudged, 404}, {NoLogin, 404},
		{MethodNotAllowed, 405}, {TooSlow, 408}, {Changed, 409}, {Refused, 409}, {StoreWritable, 409}, {PolicyInFile, 409}, {KeyInUse, 409},
		{TooLarge, 413}, {NotJSON, 415}, {Invalid, 422}, {KeyReused, 422}, {TooManyAttempts, 429},
		{Internal, 500}, {NoOverrides, 501}, {StoreAway, 503}, {ProviderAway, 503}, {TooManyStreams, 503},
	}
}

// status is the HTTP status of a code. Changed is a 412 where If-Match said what
// was read.
func (c Code) status() int {
	for _, one := range codes() {
		if one.Code == c {
			return one.Status
		}
	}
	return http.StatusInternalServerError
}

// codeOf is the code of an error of which only the status is known.
func codeOf(status int) Code {
	for _, one := range codes() {
		if one.Status == status {
			return one.Code
		}
	}
	return Internal
}

// Schema lists the codes in the OpenAPI document.
func (Code) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Description: "What happened, in one word that does not change"}
	for _, one := range codes() {
		s.Enum = append(s.Enum, string(one.Code))
	}
	return s
}
