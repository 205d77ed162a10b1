-- emitEvent(ctx, type, members) appends an event to the stream. Its payload has the members (jsonMembers, json.lua), the time, and `by`: the
-- principal whose call caused it, if there is one.
--- @include json
local function causedBy(ctx)
  return ctx.by == '' and '' or ',"by":' .. jsonString(ctx.by)
end

local function emitEvent(ctx, eventType, members)
  redis.call('XADD', ctx.keys.events, 'MAXLEN', '~', ctx.settings.streamLength, '*', 'type', eventType,
    'payload', '{' .. members .. causedBy(ctx) .. ',"timestamp":' .. ctx.nowText .. '}')
end
