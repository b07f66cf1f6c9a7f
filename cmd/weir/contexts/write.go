package contexts

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Write writes the file, for its owner only: another process sees the whole old
// one or the whole new one. A link keeps leading to it.
func (f *File) Write() error {
	if f.Name == "" {
		return errors.New("there is no place for contexts: neither XDG_CONFIG_HOME nor HOME is an absolute path")
	}
	text, err := f.encode()
	if err != nil {
		return err
	}
	name, err := filepath.EvalSymlinks(f.Name)
	if errors.Is(err, fs.ErrNotExist) {
		name, err = f.Name, os.MkdirAll(filepath.Dir(f.Name), 0o700)
	}
	if err != nil {
		return err
	}
	return replace(name, text)
}

// replace writes a file beside name, mode 0600, and renames it.
func replace(name string, text []byte) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(name), ".weir-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(text)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}

// encode is the text of the file, in the order of the names.
func (f *File) encode() ([]byte, error) {
	contexts := &yaml.Node{Kind: yaml.MappingNode}
	for _, name := range f.Names() {
		c, fields := f.Contexts[name], &yaml.Node{Kind: yaml.MappingNode}
		for _, field := range c.Fields() {
			if *field.At != "" {
				fields.Content = append(fields.Content, word(field.Name), word(*field.At))
			}
		}
		contexts.Content = append(contexts.Content, word(name), fields)
	}
	doc := &yaml.Node{Kind: yaml.MappingNode}
	if f.Current != "" {
		doc.Content = append(doc.Content, word("current"), word(f.Current))
	}
	doc.Content = append(doc.Content, word("contexts"), contexts)
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := errors.Join(e.Encode(doc), e.Close())
	return b.Bytes(), err
}

func word(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
