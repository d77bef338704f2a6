-- Takes the lease of a stream, if it is free, and with it all that its last owner left undone.
-- KEYS: lease, stream, done (hash), trimmed (hash)
-- ARGV: token, lease in ms, group, consumer, where a new group starts (ms, or '' for the oldest entry)
-- Returns false if somebody has the lease, else {last delivered id, entries that were deleted undone}.
local lease, stream, done, trimmed = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, lease_ms, group, consumer, start_ms = unpack(ARGV)

if not redis.call('SET', lease, token, 'NX', 'PX', lease_ms) then
  return false
end

local function count_before(id)
  local count, from = 0, '-'
  while true do
    local entries = redis.call('XRANGE', stream, from, id, 'COUNT', 1000)
    count = count + #entries
    if #entries < 1000 then
      return count
    end
    from = '(' .. entries[#entries][1]
  end
end

local before = '0-0'
if start_ms ~= '' then
  before = string.format('%.0f-18446744073709551615', tonumber(start_ms) - 1)
end
local created = redis.pcall('XGROUP', 'CREATE', stream, group, before, 'MKSTREAM')
if created.ok then
  local gone = tonumber(redis.call('HGET', trimmed, stream) or '0')
  redis.call('HSET', done, stream, gone + (start_ms == '' and 0 or count_before(before)))
elseif not string.find(created.err, 'BUSYGROUP') then
  redis.call('DEL', lease)
  return created
end

-- The lease was free, so whoever these entries were given to has lost them.
local deleted, cursor = 0, '0-0'
repeat
  local claimed = redis.call('XAUTOCLAIM', stream, group, consumer, 0, cursor, 'COUNT', 1000, 'JUSTID')
  cursor = claimed[1]
  deleted = deleted + #(claimed[3] or {})  -- Redis 6.2 keeps them; they are read as nil later
until cursor == '0-0'

local function field(reply, name)
  for index = 1, #reply, 2 do
    if reply[index] == name then
      return reply[index + 1]
    end
  end
end

for _, other in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  if field(other, 'name') ~= consumer and field(other, 'pending') == 0 then
    redis.call('XGROUP', 'DELCONSUMER', stream, group, field(other, 'name'))
  end
end

for _, known in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  if field(known, 'name') == group then
    return {field(known, 'last-delivered-id'), deleted}
  end
end
