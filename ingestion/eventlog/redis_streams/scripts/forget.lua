-- Drops a group.
-- KEYS: done (hash), members (sorted set), groups (sorted set), then every stream
-- ARGV: group
for index = 4, #KEYS do
  if redis.call('EXISTS', KEYS[index]) == 1 then
    redis.call('XGROUP', 'DESTROY', KEYS[index], ARGV[1])
  end
end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])
