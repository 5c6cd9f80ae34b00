package builtins.regex

replaced[key] := regex.replace(text, pattern, value) if {
	some [text, pattern, value] in [
		["foobar", "^[a-z]", "F"], ["a-b-c", "-", "+"], ["abc", "", "-"], ["", "", "x"], ["", "a*", "x"], ["baac", "a*", "x"],
		["-ab-axxb-", "a(x*)b", "$1"], ["-ab-axxb-", "a(x*)b", "$1W"], ["-ab-axxb-", "a(x*)b", "${1}W"],
		["-ab-axxb-", "a(?P<n>x*)b", "$n."], ["-ab-axxb-", "a(?P<n>x*)b", "${n}W"], ["ab", "b", "$$1"], ["ab", "b", "$"],
		["ab", "b", "$9"], ["ab", "b", "$0$0"], ["ab", "b", "${"], ["ab", "b", "$ {x}"], ["äöü", ".", "<$0>"],
		["🔑x🔑", "🔑", "k"], ["aaa", "(a)(b)?", "[$2]"], ["line1\nline2", "(?m)^l", "L"], ["x", "(", "y"], ["x", "(?=x)", "y"],
		["AbC", "(?i)b", "_"], ["a.b", "\\.", "\\"],
	]
	key := sprintf("%s | %s | %s", [text, pattern, value])
}

found[key] := regex.find_n(pattern, text, count) if {
	some [pattern, text, count] in [
		["a.", "paranormal", -1], ["a.", "paranormal", 2], ["a.", "paranormal", 0], ["x", "paranormal", -1], ["", "ab", -1],
		["a*", "baac", -1], ["[äöü]", "aäoö", -1], ["(", "x", -1], ["\\w+", "one two  three", 2],
	]
	key := sprintf("%s | %s | %d", [pattern, text, count])
}

parts[key] := regex.split(pattern, text) if {
	some [pattern, text] in [
		["a", "banana"], ["a", ""], ["", "banana"], ["", ""], ["z+", "pizza"], ["a*", "baaac"], ["x*", "äöü"], [",", ",a,,b,"],
		["^", "abc"], ["$", "abc"], ["abc", "abc"], ["(", "x"], ["\\s+", " a b "],
	]
	key := sprintf("%s | %s", [pattern, text])
}

templates[key] := regex.template_match(template, text, "{", "}") if {
	some [template, text] in [
		["urn:foo:{.*}", "urn:foo:bar:baz"], ["urn:foo:{.*}", "foo:urn:foo:bar"], ["a{[0-9]+}b{.?}", "a12b"],
		["a{[0-9]{2}}b", "a12b"], ["a.b{.*}", "axb"], ["plain", "plain"], ["", ""], ["{", "x"], ["}", "x"], ["{(}", "x"],
	]
	key := sprintf("%s | %s", [template, text])
}

delimiters := {
	"other": regex.template_match("a<.*>", "abc", "<", ">"),
	"same": regex.template_match("a|b", "ab", "|", "|"),
}

long_delimiter := regex.template_match("a<.*>", "abc", "<<", ">")

quoted := glob.quote_meta("*.{a,b}[0-9]?\\x")
