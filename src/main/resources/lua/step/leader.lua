-- currentLeader() -> the id of the leader, nil when nobody leads, and the newest term; looked up once a script.
-- leaderChanged() has them looked up again.
--- @include keys
local leaderKnown, leaderId, leaderTerm = false, nil, 0

local function currentLeader()
  if not leaderKnown then
    local values = redis.call('MGET', leaderKey, termKey)
    leaderKnown, leaderId, leaderTerm = true, values[1] or nil, tonumber(values[2] or 0)
  end
  return leaderId, leaderTerm
end

local function leaderChanged()
  leaderKnown = false
end
