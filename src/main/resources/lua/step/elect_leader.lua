-- electLeader(liveId) -> {id, term}, or nil when there is a leader or nobody to elect. Fills a vacancy: instances with the
-- role `leader` first, then the longest registered; cb:leader:candidates is kept in that order. While so many have died
-- that no live one is among the first, `liveId` is elected if it is eligible, an instance that the caller knows to be alive
-- (nil for none). The lease ends with the deadline of the instance that holds it, so a live lease never names a dead
-- instance. Every election raises the term, the fencing token.
-- announceLeader(elected) emits leader.elected; it is apart so that a registration's own event can come first.
--- @include keys
--- @include clock
--- @include emit_event
--- @include leader
local CANDIDATES_EXAMINED = 100

local function firstLiveCandidate()
  for _, id in ipairs(redis.call('ZRANGE', candidatesKey, 0, CANDIDATES_EXAMINED - 1)) do
    local deadline = tonumber(redis.call('ZSCORE', activeKey, id))
    if deadline and deadline > now then return id end
  end
  return nil
end

-- while somebody has the role `leader`, nobody else is elected
local function eligible(id)
  if not id or redis.call('SISMEMBER', roleKey('leader'), id) == 1 then return id end
  return redis.call('EXISTS', roleKey('leader')) == 0 and id or nil
end

local function electLeader(liveId)
  if currentLeader() then return nil end
  local id = firstLiveCandidate() or eligible(liveId)
  if not id then return nil end
  local term = redis.call('INCR', termKey)
  redis.call('SET', leaderKey, id, 'PXAT', redis.call('ZSCORE', activeKey, id))
  leaderChanged()
  redis.call('HINCRBY', metricsKey, 'elections', 1)
  return {id = id, term = term}
end

local function announceLeader(elected)
  emitEvent('leader.elected', {'id', elected.id, 'term', elected.term})
end
