-- newRank(roles) -> the place in cb:leader:candidates of an instance with these roles that registers now, as text.
-- rankOf(roles, registered) -> the same for one that has registered at another time, in microseconds.
--- @include clock
--- @include integer
--- @include noted

-- In cb:leader:candidates an instance without the role `leader` stands behind all that have it, by this distance.
-- Microseconds since 1970 stay below it until the year 2112.
local WITHOUT_LEADER_ROLE = 4500000000000000

function step.rankOf(roles, registered)
  return roles.leader and registered or registered + WITHOUT_LEADER_ROLE
end

function step.newRank(roles)
  -- a run takes longer than a microsecond for each, so no later one is before any of these
  local ranked = (noted.ranked or -1) + 1
  noted.ranked = ranked
  return step.integer(step.rankOf(roles, nowMicros + ranked))
end
