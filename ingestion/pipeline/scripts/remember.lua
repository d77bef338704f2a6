-- Notes entries in the window's new hash, which takes the old one's place when it is full.
-- KEYS: the window's new hash and its old one
-- ARGV: keys of 16 bytes, each with its entry of 16 bytes behind it; seconds to keep them; entries of a full hash
local size, at_once = 16, 1000
local told, seconds, most = ARGV[1], ARGV[2], tonumber(ARGV[3])

for first = 1, #told, 2 * size * at_once do
  local noted = {}
  for start = first, math.min(first + 2 * size * at_once, #told + 1) - size, size do
    noted[#noted + 1] = string.sub(told, start, start + size - 1)
  end
  redis.call('HSET', KEYS[1], unpack(noted))
end
redis.call('EXPIRE', KEYS[1], seconds)
if redis.call('HLEN', KEYS[1]) > most then
  redis.call('RENAME', KEYS[1], KEYS[2])
end
