-- refuseUnlisted(ctx, isListed) -> the reply to a call that may create something in a bench that is not swept, or rarely: the service adds the
-- bench to the list of those that are (benches_add.lua), and makes the call again. nil when the call goes on.
-- isListed: 1 when the service has just added it, else 0; empty for the bench `default`, which is always swept.
-- keys.listed says that the bench is in the list. It lapses, so that a list that Redis has lost is made anew.
local LISTED_MS = 600000

local function refuseUnlisted(ctx, isListed)
  if isListed == '1' then
    redis.call('SET', ctx.keys.listed, ctx.nowText, 'PX', LISTED_MS)
  elseif isListed == '0' and redis.call('EXISTS', ctx.keys.listed) == 0 then
    return {map = {unlisted = 1}}
  end
  return nil
end
