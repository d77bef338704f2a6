-- What is known of some keys.
-- KEYS: the window's new hash and its old one
-- ARGV: the keys, 16 bytes each, one behind the other
-- Returns as many entries of 16 bytes, the newer where there are two, and zeros where nothing is known.
local size, at_once = 16, 1000
local nothing = string.rep('\0', size)
local found = {}

for first = 1, #ARGV[1], size * at_once do
  local names = {}
  for start = first, math.min(first + size * at_once, #ARGV[1] + 1) - size, size do
    names[#names + 1] = string.sub(ARGV[1], start, start + size - 1)
  end
  local new = redis.call('HMGET', KEYS[1], unpack(names))
  local old = redis.call('HMGET', KEYS[2], unpack(names))
  for index = 1, #names do
    local entry = new[index] or old[index]
    found[#found + 1] = entry and #entry == size and entry or nothing
  end
end
return table.concat(found)
