/** Ids of the starter rules in rules/starter/sigma that the incident's events are labelled with. */
export const RULES = {
  plinkForward: '896275b1-29d8-48ff-a72a-b847933f6281',
  sshReverseRdp: '9c74ac52-7057-4631-bb73-14cb450b98ce',
  sshLocalForward: 'aa17b403-b62a-48e9-b756-3f164d101efd',
  tunnelClient: '3c5b856a-1bbd-4f9c-bb75-baf39adccc1a',
  tunnelLookup: '251e65f7-5150-43bb-8805-8c1e6f027e83',
  tunnelConnection: '10b06386-60f6-4dc4-b07a-1dc5bafe5fca',
  nslookupTunnel: '962e39dd-9fc6-4943-847f-78ad0dc03fc7',
  rdpLoopbackLogon: 'b9d27be4-5276-425a-aa11-c4e6eef5cada',
  rdpLoopbackPeer: '57887fec-1285-4c55-a596-c3d75396a698',
  portProxy: 'b89b8f7b-5e54-4336-ae92-b2531bf91d3e',
} as const;
