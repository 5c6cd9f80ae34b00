package builtins.hashes

texts := ["", "abc", "grüße 🔑", "a\u0000b"]

plain[text] := [crypto.md5(text), crypto.sha1(text), crypto.sha256(text)] if some text in texts

keyed[text] := [
	crypto.hmac.md5(text, "key"), crypto.hmac.sha1(text, "key"), crypto.hmac.sha256(text, "schlüssel"),
	crypto.hmac.sha512(text, ""),
] if {
	some text in texts
}

equal := [
	crypto.hmac.equal("abc", "abc"), crypto.hmac.equal("abc", "abd"), crypto.hmac.equal("abc", "ab"), crypto.hmac.equal("", ""),
]

wrong_type := crypto.sha256(json.unmarshal("1"))
