package builtins.sprintf

verbs := ["%v", "%d", "%s", "%q", "%x", "%X", "%o", "%b", "%t", "%5v|", "%-5v|", "%05v|", "%T", "%+v", "%.2v"]

named_values(_) := {
	"text": "ab", "unicode": "ü🔑", "quote": "a\"b\n", "whole": 42, "negative": -7, "fraction": 2.5, "tiny": 0.00001234, "large": 1234567.5,
	"huge": 123456789123456789123, "int64": 9223372036854775807, "true": true, "null": null, "list": [1, "a", [true]],
	"object": {"b": 1, "a": {"c": "x"}}, "set": {3, 1, "b", "a"}, "empty set": set(), "keys": {1: {2}},
}

matrix[key] := sprintf(verb, [value]) if {
	some verb in verbs
	some name, value in named_values(0)
	not skip[[verb, name]]
	key := sprintf("%s %s", [name, verb])
}

skip contains [verb, "huge"] if some verb in ["%q", "%T", "%x", "%X", "%o", "%b", "%t", "%.2v", "%5v|", "%-5v|", "%05v|", "%+v"]

skip contains [verb, "fraction"] if some verb in ["%x", "%X", "%b"]

skip contains [verb, "tiny"] if some verb in ["%x", "%X", "%b"]

skip contains [verb, "large"] if some verb in ["%x", "%X", "%b"]

skip contains ["%.2v", name] if some name in ["whole", "negative", "int64"]

floats[key] := sprintf(verb, [value]) if {
	some verb in ["%f", "%.0f", "%.1f", "%.2f", "%.10f", "%e", "%.3e", "%E", "%g", "%.3g", "%G", "%8.2f|", "%-8.2f|", "%08.2f|", "%+.1f", "% .1f"]
	some value in [0.5, 1.5, 2.5, 0.25, 0.75, 7.25, 123456789.25, 0.1, 9.95, 99.995, 0.00001234, 12345678.9, 1e21, 1.5e300, -2.675, 0.045, 1e-7]
	key := sprintf("%v %s", [value, verb])
}

formats[key] := sprintf(format, values) if {
	some [format, values] in [
		["%s is %d years", ["Ann", 30]], ["%d %s", [1]], ["%d", [1, "x", 2.5, true]], ["%", []], ["100%%", []], ["%!", []], ["%z", [1]],
		["%[2]s %[1]s", ["a", "b"]], ["%[2]s %s", ["a", "b"]], ["%[5]s", ["a"]], ["%[1]s %[1]s", ["a"]], ["%*d|", [5, 42]], ["%-*d|", [5, 42]],
		["%.*f", [2, 3.14159]], ["%5.1f|%-7s|%03d", [3.14159, "ab", 7]], ["no verbs", []], ["no verbs", [1]], ["%c%c", [65, 128273]], ["%U", [128273]],
		["%#x %#o", [255, 8]], ["% d", [42]], ["%+d", [42]], ["%6.2f%%", [99.5]], ["%s", [["a", {"b": set()}]]], ["ü%sü", ["ö"]], ["%5s|%-5s|", ["🔑", "ü"]],
		["%.1s|", ["🔑🔑"]], ["%q", [["a"]]], ["%d", [true]], ["%s %s", [1, null]], ["%x", ["hello"]], ["%v", [9007199254740993]],
	]
	key := sprintf("%s %v", [format, values])
}
