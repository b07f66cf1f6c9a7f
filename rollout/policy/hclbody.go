package policy

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"
)

// hclReader turns what HCL's parser has read into nodes.
type hclReader struct {
	text     []byte
	problems Problems
}

func (h *hclReader) wrong(r hcl.Range, path, want string) {
	h.problems = append(h.problems, Problem{Line: r.Start.Line, Path: path, Value: string(r.SliceBytes(h.text)), Want: want})
}

// body reads attributes and blocks in the order of the text. t is what they
// become, as far as that is known.
func (h *hclReader) body(b *hclsyntax.Body, t reflect.Type, path string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	lists := map[string]*yaml.Node{}
	for _, item := range inOrder(b) {
		switch item := item.(type) {
		case *hclsyntax.Attribute:
			n.Content = append(n.Content, word(item.Name, item.NameRange), h.value(item.Expr, join(path, item.Name)))
		case *hclsyntax.Block:
			h.block(item, t, path, n, lists)
		}
	}
	return n
}

// block adds a block to the node of what it is in.
func (h *hclReader) block(b *hclsyntax.Block, t reflect.Type, path string, in *yaml.Node, lists map[string]*yaml.Node) {
	name, t, isList := blockOf(t, b.Type)
	list := lists[name]
	if path = join(path, name); isList && list != nil {
		path += fmt.Sprintf("[%d]", len(list.Content))
	} else if isList {
		path += "[0]"
	}
	for _, r := range b.LabelRanges {
		h.wrong(r, path, "a block has no label here; write what it is as an attribute in it")
	}
	n := h.body(b.Body, t, path)
	n.Line = b.TypeRange.Start.Line
	switch {
	case !isList:
		in.Content = append(in.Content, word(name, b.TypeRange), n)
	case list == nil:
		lists[name] = &yaml.Node{Kind: yaml.SequenceNode, Line: n.Line, Content: []*yaml.Node{n}}
		in.Content = append(in.Content, word(name, b.TypeRange), lists[name])
	default:
		list.Content = append(list.Content, n)
	}
}

// blockOf is the key that a block of that name gives in a value of type t, and
// the type of it; of a list that of an entry.
func blockOf(t reflect.Type, name string) (key string, of reflect.Type, isList bool) {
	if t == nil || t.Kind() != reflect.Struct {
		return name, nil, false
	}
	for f := range t.Fields() {
		if f.Tag.Get("block") == name {
			name = keyOf(f)
		}
	}
	f, ok := fieldOf(t, name)
	if !ok {
		return name, nil, false
	}
	switch of = f.Type; of.Kind() {
	case reflect.Pointer:
		of = of.Elem()
	case reflect.Slice:
		of = of.Elem()
		return name, of, of.Kind() == reflect.Struct
	}
	return name, of, false
}

// value reads what stands for itself: there is nothing to refer to.
func (h *hclReader) value(e hclsyntax.Expression, path string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: e.StartRange().Start.Line}
	switch e := e.(type) {
	case *hclsyntax.TupleConsExpr:
		n.Kind = yaml.SequenceNode
		for i, one := range e.Exprs {
			n.Content = append(n.Content, h.value(one, fmt.Sprintf("%s[%d]", path, i)))
		}
	case *hclsyntax.ObjectConsExpr:
		n.Kind = yaml.MappingNode
		for _, item := range e.Items {
			key, diags := item.KeyExpr.Value(nil)
			if diags.HasErrors() || key.IsNull() || key.Type() != cty.String {
				h.wrong(item.KeyExpr.Range(), path, "want a name as the key")
				continue
			}
			n.Content = append(n.Content, word(key.AsString(), item.KeyExpr.Range()), h.value(item.ValueExpr, join(path, key.AsString())))
		}
	default:
		h.scalar(n, e, path)
	}
	return n
}

// scalar reads a text, number, true, false or null.
func (h *hclReader) scalar(n *yaml.Node, e hclsyntax.Expression, path string) {
	number := e
	if sign, ok := e.(*hclsyntax.UnaryOpExpr); ok && sign.Op == hclsyntax.OpNegate {
		number = sign.Val
	}
	literal, isLiteral := number.(*hclsyntax.LiteralValueExpr)
	template, isText := e.(*hclsyntax.TemplateExpr)
	switch {
	case isText && template.IsStringLiteral():
		v, _ := template.Value(nil)
		n.Tag, n.Style, n.Value = "!!str", yaml.DoubleQuotedStyle, v.AsString()
	case isText && len(template.Parts) == 0:
		n.Tag, n.Style = "!!str", yaml.DoubleQuotedStyle
	case isLiteral && literal.Val.IsNull():
		n.Tag, n.Value = "!!null", "null"
	case isLiteral && literal.Val.Type() == cty.Bool && number == e:
		n.Tag, n.Value = "!!bool", fmt.Sprint(literal.Val.True())
	case isLiteral && literal.Val.Type() == cty.Number:
		n.Tag, n.Value = "!!float", string(e.Range().SliceBytes(h.text)) // as it was written
	default:
		h.wrong(e.Range(), path, `want a value, such as "5%", 0.5, true or a list of them: there is nothing to refer to or to compute`)
	}
}

// inOrder are the attributes and blocks of a body as they are written.
func inOrder(b *hclsyntax.Body) (all []hclsyntax.Node) {
	for _, a := range b.Attributes {
		all = append(all, a)
	}
	for _, block := range b.Blocks {
		all = append(all, block)
	}
	slices.SortFunc(all, func(a, b hclsyntax.Node) int { return a.Range().Start.Byte - b.Range().Start.Byte })
	return all
}

func word(name string, at hcl.Range) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: name, Line: at.Start.Line}
}
