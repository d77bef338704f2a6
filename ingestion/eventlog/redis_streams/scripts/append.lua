-- Appends entries to their streams: all of them, or up to the first that the server refuses.
-- KEYS: partitions (hash), then the streams
-- ARGV: topic, partitions that it has, then for each entry the number of its stream, its key and its value
-- Returns how many there are, or the refusal.
local partitions, topic, count = KEYS[1], ARGV[1], tonumber(ARGV[2])

-- A server that was flushed would tell nobody where there is something to read.
if tonumber(redis.call('HGET', partitions, topic) or '0') < count then
  redis.call('HSET', partitions, topic, count)
end
for index = 3, #ARGV, 3 do
  local stream, key, value = KEYS[1 + tonumber(ARGV[index])], ARGV[index + 1], ARGV[index + 2]
  local added = redis.pcall('XADD', stream, '*', 'k', key, 'v', value)
  if type(added) == 'table' and added.err then
    return added
  end
end
return (#ARGV - 2) / 3
