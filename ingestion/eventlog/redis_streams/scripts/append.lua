-- Appends entries to their streams: all of them, or up to the first that the server refuses.
-- KEYS: the streams
-- ARGV: for each entry the number of its stream among the keys, its key and its value
-- Returns how many there are, or the refusal.
for index = 1, #ARGV, 3 do
  local stream, key, value = KEYS[tonumber(ARGV[index])], ARGV[index + 1], ARGV[index + 2]
  local added = redis.pcall('XADD', stream, '*', 'k', key, 'v', value)
  if type(added) == 'table' and added.err then
    return added
  end
end
return #ARGV / 3
