package builtins.collections

subset[key] := object.subset(whole, part) if {
	some [whole, part] in [
		[{"a": 1, "b": 2}, {"a": 1}], [{"a": 1}, {"a": 2}], [{"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 1}}}],
		[{"a": [1, 2, 3]}, {"a": [2, 3]}], [{"a": [1, 2, 3]}, {"a": [1, 3]}], [{"a": {1, 2, 3}}, {"a": {1, 3}}],
		[{"a": [1, 2]}, {"a": {1}}], [{1, 2, 3}, {2}], [{1, 2}, {3}], [[1, 2, 1, 2, 3], [1, 2, 3]], [[1, 2], []], [[], []], [[], set()],
		[[1, 2], set()], [[1, 2, 2], {2, 1}], [[1], {1, 2}], [{}, {}], [{"a": null}, {"a": null}], [{"a": null}, {"b": null}],
		[{"__proto__": 1}, {"__proto__": 1}], [{"a": 1}, {"__proto__": 1}], [{{"k": 1}: 2}, {{"k": 1}: 2}], [{1: 2}, {1: 2}],
		[{1}, [1]], ["a", "a"], [1, 1], [{"a": 1}, {1}], [[[1, 2]], [[1, 2]]], [{"a": [{"b": 1}]}, {"a": [{"b": 1}]}],
	]
	key := sprintf("%v", [[whole, part]])
}

range[key] := numbers.range_step(from, to, step) if {
	some [from, to, step] in [
		[0, 10, 3], [10, 0, 3], [0, 0, 1], [0, 10, 100], [-3, 3, 2], [0, 3, 0], [0, 3, -1], [0.5, 3, 1], [0, 4, 2],
	]
	key := sprintf("%v", [[from, to, step]])
}

prefix := {
	"text": strings.any_prefix_match("foobar", "foo"), "list": strings.any_prefix_match(["xfoo", "foo"], {"fo", "ba"}),
	"none": strings.any_prefix_match("foobar", ["bar", "oo"]), "empty": strings.any_prefix_match("foobar", []),
	"empty text": strings.any_prefix_match("", ""),
}

prefix_of_number := strings.any_prefix_match(json.unmarshal("1"), "1")

prefix_among_numbers := strings.any_prefix_match("a", json.unmarshal("[\"a\", 1]"))

suffix := {
	"text": strings.any_suffix_match("foobar", "bar"), "list": strings.any_suffix_match({"foo", "barx"}, ["x"]),
	"none": strings.any_suffix_match("foobar", ["foo", "ba"]),
}

positions[key] := indexof_n(text, part) if {
	some [text, part] in [["sad", "a"], ["aaaa", "aa"], ["ä🔑ä🔑", "ä"], ["ä🔑ä🔑", "🔑"], ["abc", "x"], ["", "x"], ["abc", ""]]
	key := sprintf("%s | %s", [text, part])
}

counted[key] := strings.count(text, part) if {
	some [text, part] in [["cheese", "e"], ["aaaa", "aa"], ["ä🔑", ""], ["", ""], ["", "x"]]
	key := sprintf("%s | %s", [text, part])
}

split[key] := strings.split_n(text, delimiter, count) if {
	some [text, delimiter, count] in [
		["a.b.c", ".", 2], ["a.b.c", ".", 0], ["a.b.c", ".", -1], ["a.b.c", ".", 9], ["a.b.c", ".", -9], ["ä🔑x", "", 2], ["", ".", 1],
		["abc", "", -1],
	]
	key := sprintf("%s | %s | %d", [text, delimiter, count])
}
