-- Deletes what no group needs any more and what is older than the retention.
-- KEYS: stream, trimmed (hash)
-- ARGV: the group without which nothing is deleted ('' for none), keep what was logged since (ms)
-- Returns how many entries were deleted: whole nodes of them, 10,000 at most unless the server is told to have
-- large ones, and 0 once there are no more.
local stream, trimmed = KEYS[1], KEYS[2]
local main_group, keep_since = ARGV[1], tonumber(ARGV[2])

local function field(reply, name)
  for index = 1, #reply, 2 do
    if reply[index] == name then
      return reply[index + 1]
    end
  end
end

-- A number beyond 2^53 would be rounded, 2^64 - 1 to what is no number of an entry: a smaller one keeps more.
local function parsed(id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  return {tonumber(ms), math.min(tonumber(seq), 2^53)}
end

local function least(a, b)
  if a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) then
    return a
  end
  return b
end

if redis.call('EXISTS', stream) == 0 then
  return 0
end
local keep, found = {keep_since, 0}, main_group == ''
for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local name = field(group, 'name')
  found = found or name == main_group
  local oldest_pending = redis.call('XPENDING', stream, name)[2]
  -- Of what was delivered last the next one could be deleted, too; one entry more does no harm.
  keep = least(keep, parsed(oldest_pending or field(group, 'last-delivered-id')))
end
if not found then
  return 0
end
local least_kept = string.format('%.0f-%.0f', keep[1], keep[2])
local count = redis.call('XTRIM', stream, 'MINID', '~', least_kept)
if count > 0 then
  redis.call('HINCRBY', trimmed, stream, count)
end
return count
