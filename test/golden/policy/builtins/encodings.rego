package builtins.encodings

texts := ["", "abc", "a b&c=d/e?f", "grüße 🔑", "!'()*~-_.", "a+b%20c", "a\u0000b", "ÿ"]

encoded[text] := [hex.encode(text), urlquery.encode(text), base64url.encode_no_pad(text)] if some text in texts

from_hex[text] := hex.decode(text) if some text in ["", "616263", "6A6b", "abc", "zz", "c3bc", "f09f9491"]

from_query[text] := urlquery.decode(text) if some text in ["", "a+b", "a%20b", "%C3%BC", "%", "%2", "%zz", "a%2Bb", "ü"]

query := {
	"plain": urlquery.encode_object({"a": "1", "b": ["2", "3"], "c": {"z", "x"}, "d e": "ü&"}), "empty": urlquery.encode_object({}),
	"order": urlquery.encode_object({"z": "1", "a": "2", "Z": "3", "é": "4"}),
}

query_of_numbers := urlquery.encode_object(json.unmarshal("{\"a\": 1}"))

fields[text] := urlquery.decode_object(text) if {
	some text in ["", "a=1&b=2", "a=1&a=2", "a", "a=", "=b", "a=b=c", "a=%zz", "a;b=1", "&&a=1&", "__proto__=1", "a%20b=c+d"]
}

yaml_valid[text] := yaml.is_valid(text) if some text in ["", "a: 1", "a: [1", "- a\n- b\n", "a: b: c", "{", "\ta: 1", "a: 1\n---\nb: 2\n"]

yaml_value[text] := yaml.unmarshal(text) if {
	some text in [
		"a: 1\nb: [x, 2.5, true, null]\n", "- a\n- b\n", "text", "'1'", "a: &x {b: 1}\nc: *x\n", "a: [1", "yes: no", "n: 0x1F",
		"__proto__: 1",
	]
}

yaml_same[name] := yaml.unmarshal(yaml.marshal(value)) if {
	some name, value in {"map": {"b": [1, "2", null, true], "a": {"c": "x: y\n"}}, "text": "true", "list": [], "set": {1, 2}}
}
