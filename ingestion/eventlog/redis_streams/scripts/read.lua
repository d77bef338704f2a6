-- Delivers entries of several streams, of each only while its lease is held.
-- KEYS: the leases, then the streams in the same order
-- ARGV: group, consumer, entries of each stream at most, entries of one piece, bytes after which no further piece
-- is read, then for each stream: token, '>' or the pending id to go on after
-- Returns for each stream false (the lease is lost), 1 (not looked at: the bytes were enough) or its entries.
local group, consumer = ARGV[1], ARGV[2]
local count, piece, room = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local streams = #KEYS / 2
local answer = {}

local function read_piece(stream, after, found)
  local most = math.min(piece, count - #found)
  local read = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', most, 'STREAMS', stream, after)
  local entries = read and read[1][2] or {}
  for _, entry in ipairs(entries) do
    found[#found + 1] = entry
    for _, field in ipairs(entry[2] or {}) do
      room = room - #field
    end
  end
  return #entries == most
end

for index = 1, streams do
  local token, after = ARGV[4 + 2 * index], ARGV[5 + 2 * index]
  if redis.call('GET', KEYS[index]) ~= token then
    answer[index] = false
  elseif room <= 0 then
    answer[index] = 1
  else
    local found = {}
    while #found < count and room > 0 and read_piece(KEYS[streams + index], after, found) do
      if after ~= '>' then
        after = found[#found][1]
      end
    end
    answer[index] = found
  end
end
return answer
