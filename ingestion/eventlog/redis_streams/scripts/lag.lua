-- Counts what a group has not committed, and puts its count right where somebody else deleted entries.
-- KEYS: done (hash), trimmed (hash), then the streams
-- ARGV: group
-- Returns for each stream {entries that are not committed, by how many the count was wrong}.
local done, trimmed = KEYS[1], KEYS[2]

local function field(reply, name)
  for index = 1, #reply, 2 do
    if reply[index] == name then
      return reply[index + 1]
    end
  end
end

local function group_of(stream)
  if redis.call('EXISTS', stream) == 1 then
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
      if field(group, 'name') == ARGV[1] then
        return group
      end
    end
  end
end

local function count_from(stream, from)
  local count = 0
  while true do
    local entries = redis.call('XRANGE', stream, from, '+', 'COUNT', 1000)
    count = count + #entries
    if #entries < 1000 then
      return count
    end
    from = '(' .. entries[#entries][1]
  end
end

-- Entries are committed in their order: all from the oldest pending one on are not.
local function count_left(stream, group)
  local oldest_pending = redis.call('XPENDING', stream, ARGV[1])[2]
  return count_from(stream, oldest_pending or '(' .. field(group, 'last-delivered-id'))
end

local function lag(stream)
  local kept, group = redis.call('XLEN', stream), group_of(stream)
  if not group then
    return {kept, 0}
  end
  local gone = tonumber(redis.call('HGET', trimmed, stream) or '0')
  local counted = kept + gone - tonumber(redis.call('HGET', done, stream) or gone)
  if counted > 0 then
    return {counted, 0}
  end
  -- Only what is not there any more can make the count smaller than the truth.
  local left = count_left(stream, group)
  if left ~= counted then
    redis.call('HSET', done, stream, kept + gone - left)
  end
  return {math.max(left, field(group, 'pending')), left - counted}
end

local answer = {}
for index = 3, #KEYS do
  answer[index - 2] = lag(KEYS[index])
end
return answer
