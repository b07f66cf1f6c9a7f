package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"weir/route"
)

// ShareText is a share as a client writes it: "25%", "0.25" or the number 0.25.
// It is read into a weight by parseShares, so that a bad one is reported with
// the name of its variant.
type ShareText string

// UnmarshalJSON takes strings and numbers. Anything else is kept as it is and
// refused by parseShares.
func (s *ShareText) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		text = string(bytes.TrimSpace(b))
	}
	*s = ShareText(text)
	return nil
}

// Schema describes the type in the OpenAPI document.
func (s ShareText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "A share: \"25%\", \"0.25\" or 0.25. 0 means none.",
		Examples:    []any{"25%"},
		OneOf:       []*huma.Schema{{Type: huma.TypeString}, {Type: huma.TypeNumber}},
	}
}

// parseShares reads the shares that are asked for a scope with these variants.
// Its error lists everything that is wrong.
func parseShares(asked map[string]ShareText, known []string) (map[string]route.Weight, error) {
	shares := map[string]route.Weight{}
	var wrong []error
	var sum route.Weight
	for _, variant := range slices.Sorted(maps.Keys(asked)) {
		if !slices.Contains(known, variant) {
			wrong = append(wrong, at(variant, "%s", unknownVariant(variant, known)))
			continue
		}
		w, err := route.ParseWeight(string(asked[variant]))
		if err != nil {
			wrong = append(wrong, at(variant, "variant %q: %v", variant, err))
		}
		shares[variant] = w
		sum += w
	}
	if wrong == nil {
		wrong = checkSum(sum, shares, known)
	}
	if wrong != nil {
		return nil, badShares(wrong)
	}
	return shares, nil
}

// checkSum wants the shares to make the whole, or to leave somebody who takes
// the rest.
func checkSum(sum route.Weight, shares map[string]route.Weight, known []string) []error {
	switch {
	case len(shares) == 0:
		return []error{fmt.Errorf("shares is empty: name at least one of %s, or use DELETE to go back to the tags", strings.Join(known, ", "))}
	case sum > route.Full:
		return []error{fmt.Errorf("the shares sum to %v, which is more than 100%%", sum)}
	case sum < route.Full && len(shares) == len(known):
		return []error{fmt.Errorf("the shares sum to %v and name every variant (%s), so nobody takes the other %v",
			sum, strings.Join(known, ", "), route.Full-sum)}
	}
	return nil
}

// at makes an error that points to a share of the body.
func at(variant, format string, args ...any) error {
	return &huma.ErrorDetail{Message: fmt.Sprintf(format, args...), Location: "body.shares." + variant}
}

// badShares makes a 400 of what is wrong. Its detail holds every text, for
// clients that show only that.
func badShares(wrong []error) error {
	texts := make([]string, len(wrong))
	for i, err := range wrong {
		texts[i] = err.Error()
		if d, ok := err.(*huma.ErrorDetail); ok {
			texts[i] = d.Message
		}
	}
	return fail(BadShares, strings.Join(texts, "; "), nil, wrong...)
}

func unknownVariant(name string, known []string) string {
	return fmt.Sprintf("no variant %q here; known are: %s", name, strings.Join(known, ", "))
}
