-- electLeader(liveId) -> {id, term}, or nil when there is a leader or nobody to elect. Fills a vacancy: instances with the
-- role `leader` first, then the longest registered; cb:leader:candidates is kept in that order. While so many have died
-- that no live one is among the first, `liveId` is elected if it is eligible, an instance that the caller knows to be alive
-- (nil for none). The lease ends with the deadline of the instance that holds it, so a live lease never names a dead
-- instance. Every election raises the term, the fencing token.
--- @include keys
--- @include clock
--- @include leader
local CANDIDATES_EXAMINED = 100

function step.firstLiveCandidate()
  for _, id in ipairs(redis.call('ZRANGE', keys.candidates, 0, CANDIDATES_EXAMINED - 1)) do
    local deadline = tonumber(redis.call('ZSCORE', keys.active, id))
    if deadline and deadline > now then return id end
  end
  return nil
end

-- while somebody has the role `leader`, nobody else is elected
function step.eligible(id)
  if not id or redis.call('SISMEMBER', keys.role('leader'), id) == 1 then return id end
  return redis.call('EXISTS', keys.role('leader')) == 0 and id or nil
end

function step.electLeader(liveId)
  if step.currentLeader() then return nil end
  local id = step.firstLiveCandidate() or step.eligible(liveId)
  if not id then return nil end
  local term = redis.call('INCR', keys.term)
  redis.call('SET', keys.leader, id, 'PXAT', redis.call('ZSCORE', keys.active, id))
  step.leaderChanged()
  step.count('elections')
  return {id = id, term = term}
end
