// Fills a template as External Secrets does in its engine v2: Go's own text/template, with those functions of sprig that
// our templates use. Standard input: {"template": text, "data": {key: text}}.
package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

func main() {
	var input struct {
		Template string
		Data     map[string]string
	}
	must(json.NewDecoder(os.Stdin).Decode(&input))
	functions := template.FuncMap{
		"b64enc": func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) },
		"trim":   strings.TrimSpace,
	}
	filled, err := template.New("").Option("missingkey=error").Funcs(functions).Parse(input.Template)
	must(err)
	must(filled.Execute(os.Stdout, input.Data))
}

func must(err error) {
	if err != nil {
		println(err.Error())
		os.Exit(1)
	}
}
