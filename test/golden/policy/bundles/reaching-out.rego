# Calls builtins that there are not.
package reaching

out := http.send({"method": "get", "url": "http://127.0.0.1"})

lucky := rand.intn("x", 10)

old := io.jwt.decode(input.token)
