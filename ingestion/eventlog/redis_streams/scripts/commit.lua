-- Acknowledges all that is pending up to an entry, while the lease is held.
-- KEYS: lease, stream, done (hash)
-- ARGV: token, group, id of the entry
-- Returns 1, or 0 if the lease is lost.
local lease, stream, done = KEYS[1], KEYS[2], KEYS[3]
local token, group, last = ARGV[1], ARGV[2], ARGV[3]

if redis.call('GET', lease) ~= token then
  return 0
end
repeat
  local pending = redis.call('XPENDING', stream, group, '-', last, 1000)
  local ids = {}
  for index, entry in ipairs(pending) do
    ids[index] = entry[1]
  end
  if #ids > 0 then
    redis.call('HINCRBY', done, stream, redis.call('XACK', stream, group, unpack(ids)))
  end
until #ids < 1000
return 1
