-- emitEvent(type, members) appends an event to the stream; its payload has the members (JSON, as jsonMembers
-- in json_members.lua makes it) and the time.
-- Expects `streamLength`, about how many entries are kept.
--- @include keys
--- @include clock
--- @include noted
function step.emitEvent(eventType, members)
  call('XADD', keys.events, 'MAXLEN', '~', streamLength, '*', 'type', eventType,
    'payload', '{' .. members .. ',"timestamp":' .. nowText .. '}')
end
