-- Shows that a consumer is there, renews its leases and tells who else is there.
-- KEYS: members (sorted set), groups (sorted set), then the leases
-- ARGV: consumer, group, lease in ms, then the token of each lease
-- Returns the names of all consumers of the group.
local members, groups = KEYS[1], KEYS[2]
local consumer, group, lease_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZADD', groups, now, group)
redis.call('ZADD', members, now, consumer)
redis.call('ZREMRANGEBYSCORE', members, '-inf', now - lease_ms)

for index = 3, #KEYS do
  if redis.call('GET', KEYS[index]) == ARGV[index + 1] then
    redis.call('PEXPIRE', KEYS[index], lease_ms)
  end
end
return redis.call('ZRANGE', members, 0, -1)
