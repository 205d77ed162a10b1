-- What the fleet and each principal store. keys.usage has the number of `instances` and of open `tasks`, and their `bytes`; the same of each
-- principal, such as `tasks:alice`, and its `claims:alice`. A field that is 0 is not there. Anonymous callers, whose name is empty, count for the fleet
-- alone.
-- usageOf(ctx, kind, principal) -> what is stored of a kind, `instances` or `tasks`, to be passed to the next two.
-- refusalByQuota(ctx, usage, reason, bytes) -> why one more of so many bytes is refused, nil when it is not: the reason for too many, or quota_bytes.
-- charge(ctx, usage, count, bytes): so many more are stored, or fewer if negative.
-- chargeClaim(ctx, principal, count): the principal has so many more claims in progress.
-- claimsLeft(ctx) -> how many more tasks the caller may claim.
--- @include json
local function usageOf(ctx, kind, principal)
  local fields = {kind, 'bytes'}
  if principal ~= '' then fields = {kind, 'bytes', kind .. ':' .. principal, 'bytes:' .. principal} end
  return {kind = kind, fields = fields, values = redis.call('HMGET', ctx.keys.usage, unpack(fields))}
end

local function refusalByQuota(ctx, usage, reason, bytes)
  local quotas = cjson.decode(ctx.settings.quotas)
  local limits = {quotas.fleet[usage.kind], quotas.fleet.bytes, quotas.principal[usage.kind], quotas.principal.bytes}
  for i, value in ipairs(usage.values) do
    local isCount = i % 2 == 1
    if tonumber(value or 0) + (isCount and 1 or bytes) > limits[i] then return isCount and reason or 'quota_bytes' end
  end
  return nil
end

local function charge(ctx, usage, count, bytes)
  local kept, gone = {}, {}
  for i, field in ipairs(usage.fields) do
    local value = tonumber(usage.values[i] or 0) + (i % 2 == 1 and count or bytes)
    if value > 0 then
      kept[#kept + 1], kept[#kept + 2] = field, integer(value)
    else
      gone[#gone + 1] = field
    end
  end
  if #kept > 0 then redis.call('HSET', ctx.keys.usage, unpack(kept)) end
  if #gone > 0 then redis.call('HDEL', ctx.keys.usage, unpack(gone)) end
end

local function chargeClaim(ctx, principal, count)
  local field = 'claims:' .. principal
  if principal ~= '' and redis.call('HINCRBY', ctx.keys.usage, field, count) <= 0 then redis.call('HDEL', ctx.keys.usage, field) end
end

local function claimsLeft(ctx)
  if ctx.by == '' then return math.huge end
  local claims = tonumber(redis.call('HGET', ctx.keys.usage, 'claims:' .. ctx.by) or 0)
  return cjson.decode(ctx.settings.quotas).principal.claims - claims
end
