-- electLeader(ctx, liveId) -> {id, term}, or nil when there is a leader or nobody to elect. Instances with the role `leader` come first,
-- then the longest registered: cb:leader:candidates is in that order. If the first candidates are all dead, `liveId` is
-- elected, an instance that is known to be alive (nil for none), if it is eligible. The lease ends with the deadline of its holder, so
-- it never names a dead instance. Each election raises the term, the fencing token, which is hybrid logical: max(last + 1, now in ms).
-- firstCandidate(ctx, exceptId) -> the id of whom an election would choose, nil for nobody.
-- isEligible(ctx, id) -> whether it has the role `leader`, or nobody has.
-- elect(ctx, id) gives the lease to an instance -> {id, term}.
-- announceLeader(ctx, elected) emits leader.elected.
--- @include metrics
--- @include emit_event
local MOST_CANDIDATES = 100

local function firstCandidate(ctx, exceptId)
  local keys = ctx.keys
  for _, id in ipairs(redis.call('ZRANGE', keys.candidates, 0, MOST_CANDIDATES - 1)) do
    local deadline = tonumber(redis.call('ZSCORE', keys.active, id) or nil)
    if deadline and deadline > ctx.deadUntil and id ~= exceptId then return id end
  end
  return nil
end

local function elect(ctx, id)
  local keys = ctx.keys
  ctx.leader, ctx.term = id, math.max(ctx.term + 1, ctx.now)
  redis.call('SET', keys.term, integer(ctx.term))
  redis.call('SET', keys.leader, id, 'PXAT', redis.call('ZSCORE', keys.active, id))
  count(ctx, 'elections')
  ctx.news.leader, ctx.news.term = id, ctx.term
  return {id = id, term = ctx.term}
end

local function isEligible(ctx, id)
  local leaders = ctx.keys.role .. 'leader'
  return redis.call('SISMEMBER', leaders, id) == 1 or redis.call('EXISTS', leaders) == 0
end

local function electLeader(ctx, liveId)
  if ctx.leader then return nil end
  local id = firstCandidate(ctx)
  if not id and liveId and isEligible(ctx, liveId) then id = liveId end
  return id and elect(ctx, id) or nil
end

local function announceLeader(ctx, elected)
  emitEvent(ctx, 'leader.elected', jsonMembers({'id', elected.id, 'term', elected.term}))
end
