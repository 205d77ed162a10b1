-- emitEvent(ctx, type, members) appends an event to the stream. Its payload has the members (jsonMembers, json.lua) and the time.
--- @include json
local function emitEvent(ctx, eventType, members)
  redis.call('XADD', ctx.keys.events, 'MAXLEN', '~', ctx.settings.streamLength, '*', 'type', eventType,
    'payload', '{' .. members .. ',"timestamp":' .. ctx.nowText .. '}')
end
