-- Delivers entries of several streams, of each only while its lease is held.
-- KEYS: the leases, then the streams in the same order
-- ARGV: group, consumer, entries of each stream at most, then for each: token, '>' or the pending id to go on after
-- Returns for each stream false (the lease is lost) or its entries.
local group, consumer, count = ARGV[1], ARGV[2], ARGV[3]
local streams = #KEYS / 2
local answer = {}

for index = 1, streams do
  local token, after = ARGV[2 + 2 * index], ARGV[3 + 2 * index]
  if redis.call('GET', KEYS[index]) == token then
    local read = redis.call(
      'XREADGROUP', 'GROUP', group, consumer, 'COUNT', count, 'STREAMS', KEYS[streams + index], after)
    answer[index] = read and read[1][2] or {}
  else
    answer[index] = false
  end
end
return answer
