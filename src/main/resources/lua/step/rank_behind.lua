-- rankBehind(index, position) -> the rank of the first member of a sorted set behind a position {score, id}. Many members may have the same
-- score, such as tasks that moved in the same millisecond: they are searched, not walked.
local function rankBehind(index, position)
  local low = redis.call('ZCOUNT', index, '-inf', '(' .. position.score)
  local high = redis.call('ZCOUNT', index, '-inf', position.score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if redis.call('ZRANGE', index, middle, middle)[1] <= position.id then low = middle + 1 else high = middle end
  end
  return low
end
