package policy

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"go.yaml.in/yaml/v3"
)

// startsHCL is how every text in HCL begins that says something, and no policy
// in YAML or JSON does: a name, then what makes it an attribute or a block.
var startsHCL = regexp.MustCompile(`^(?:\s+|#[^\n]*\n|//[^\n]*\n|(?s:/\*.*?\*/))*[A-Za-z_][A-Za-z0-9_-]*[ \t]*[={"]`)

// maxDepth bounds how deep blocks, lists and objects lie in each other.
const maxDepth = 32

// readHCL makes the tree that the same policy has in YAML: a block is a key with
// a mapping, several blocks of a list's name are the list.
func readHCL(text []byte) (*yaml.Node, error) {
	tokens, diags := hclsyntax.LexConfig(text, "", hcl.InitialPos)
	if !diags.HasErrors() {
		diags = refuseDepth(tokens)
	}
	if diags.HasErrors() {
		return nil, problemsOf(diags)
	}
	file, diags := hclsyntax.ParseConfig(text, "", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, problemsOf(diags)
	}
	h := &hclReader{text: text}
	root := h.body(file.Body.(*hclsyntax.Body), reflect.TypeFor[Policy](), "")
	root.Line = 1
	if len(h.problems) > 0 {
		return nil, h.problems
	}
	return root, nil
}

// refuseDepth keeps the parser, which calls itself, from going too deep.
func refuseDepth(tokens hclsyntax.Tokens) hcl.Diagnostics {
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			depth--
		}
		if depth > maxDepth {
			return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: fmt.Sprintf("want at most %d blocks in each other", maxDepth), Subject: &t.Range}}
		}
	}
	return nil
}

// problemsOf says what HCL's parser says. The first is the one to look at: what
// follows often comes of it.
func problemsOf(diags hcl.Diagnostics) Problems {
	for _, d := range diags {
		if d.Severity != hcl.DiagError {
			continue
		}
		p := Problem{Want: "it is not HCL: " + d.Summary}
		if d.Detail != "" {
			p.Want += ": " + strings.TrimSuffix(d.Detail, ".")
		}
		if d.Subject != nil {
			p.Line = d.Subject.Start.Line
		}
		return Problems{p}
	}
	return nil
}
