-- electLeader(ctx, liveId) -> {id, term}, or nil when there is a leader or nobody to elect. Instances with the role `leader` come first,
-- then the longest registered: cb:leader:candidates is in that order. If the first candidates are all dead, `liveId` is
-- elected, an instance that is known to be alive (nil for none), if it is eligible. The lease ends with the deadline of its holder, so
-- it never names a dead instance. Each election raises the term, the fencing token,
-- which is hybrid logical: max(last + 1, now in ms).
-- announceLeader(ctx, elected) emits leader.elected.
--- @include metrics
--- @include emit_event
local function electLeader(ctx, liveId)
  if ctx.leader then return nil end
  local keys, examined = ctx.keys, 100

  local function firstLiveCandidate()
    for _, id in ipairs(redis.call('ZRANGE', keys.candidates, 0, examined - 1)) do
      local deadline = tonumber(redis.call('ZSCORE', keys.active, id) or nil)
      if deadline and deadline > ctx.deadUntil then return id end
    end
    return nil
  end

  -- while somebody has the role `leader`, nobody else is eligible
  local function isEligible(id)
    local leaders = keys.role .. 'leader'
    return redis.call('SISMEMBER', leaders, id) == 1 or redis.call('EXISTS', leaders) == 0
  end

  local id = firstLiveCandidate() or liveId and isEligible(liveId) and liveId
  if not id then return nil end
  ctx.leader, ctx.term = id, math.max(ctx.term + 1, ctx.now)
  redis.call('SET', keys.term, integer(ctx.term))
  redis.call('SET', keys.leader, id, 'PXAT', redis.call('ZSCORE', keys.active, id))
  count(ctx, 'elections')
  return {id = id, term = ctx.term}
end

local function announceLeader(ctx, elected)
  emitEvent(ctx, 'leader.elected', jsonMembers({'id', elected.id, 'term', elected.term}))
end
