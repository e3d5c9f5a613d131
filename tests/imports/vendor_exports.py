"""Exports of call records with the headings that products document; all rows are made up."""

from __future__ import annotations

VENDORS: dict[str, str] = {
    # FreePBX, CDR reports: one row for each agent that rang, all with one unique id.
    "asterisk-cdr": (
        "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,"
        "accountcode,uniqueid,userfield,did,recordingfile,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,linkedid,"
        "peeraccount,sequence\n"
        '2026-03-02 09:00:00,"""Lee"" <0791234567>",0791234567,600,ext-queues,SIP/trunk-0001,PJSIP/201-00000a1b,Queue,'
        '"600,t",30,0,NO ANSWER,3,,1772438400.1,,0441,,0791234567,Lee,,,,1772438400.1,,11\n'
        '2026-03-02 09:00:00,"""Lee"" <0791234567>",0791234567,600,ext-queues,SIP/trunk-0001,PJSIP/202-00000a1c,Queue,'
        '"600,t",150,120,ANSWERED,3,,1772438400.1,,0441,q-600.wav,0791234567,Lee,,,,1772438400.1,,12\n'
        '2026-03-02 10:00:00,"""Mia"" <201>",201,0447654321,from-internal,PJSIP/201-00000a1d,SIP/trunk-0002,Dial,'
        '"SIP/trunk/0447654321",70,60,ANSWERED,3,,1772442000.4,,,out.wav,201,Mia,,,,1772442000.4,,13\n'
        '2026-03-02 11:00:00,0791111111,0791111111,600,ext-queues,SIP/trunk-0003,,Queue,"600,t",45,45,ANSWERED,3,,'
        "1772445600.7,,0441,,0791111111,,,,,1772445600.7,,14\n"
    ),
    "3cx": (
        "Call Time,Caller ID,Destination,Status,Ringing,Talking,Totals,Cost,Reason,Play\n"
        "2026-03-02T09:00:00,0791234567,Mia Chen (202),Answered,00:00:30,00:02:00,00:02:30,0,Terminated by src,\n"
        "2026-03-02T10:00:00,Lee Wong (201),0447654321,Answered,00:00:10,00:01:00,00:01:10,0.2,Terminated by dst,\n"
        "2026-03-02T11:00:00,0791111111,Support (800),Unanswered,00:00:45,00:00:00,00:00:45,0,Cancelled,\n"
        "Totals,,,,00:01:25,00:03:00,00:04:25,0.2,,\n"
    ),
    "genesys-cloud": (
        "Full Export Completed,Export Timestamp,Filters,Media Type,Users,Remote,Date,Duration,Direction,ANI,DNIS,Queue,"
        "Wrap-up,Total Queue,Total Talk,Total Hold,Total ACW,Abandoned,Conversation ID\n"
        "YES,2026-03-03 08:00,,voice,Mia Chen,+44791234567,2026-03-02 09:00:00,180000,Inbound,tel:+44791234567,"
        "tel:+44200,Billing,Done,30000,120000,0,30000,NO,c-1\n"
        "YES,2026-03-03 08:00,,voice,,+44791111111,2026-03-02 11:00:00,45000,Inbound,tel:+44791111111,tel:+44200,"
        "Billing,,45000,,,,YES,c-3\n"
    ),
    "amazon-connect": (
        "awsaccountid,contactid,initialcontactid,previouscontactid,initiationmethod,initiationtimestamp,"
        "disconnecttimestamp,customerendpoint_address,queue_name,queue_duration,agent_username,"
        "agent_agentinteractionduration,agent_customerholdduration,agent_aftercontactworkduration\n"
        "1,a-1,,,INBOUND,2026-03-02T09:00:00Z,2026-03-02T09:02:30Z,+44791234567,Billing,30,mia,120,0,30\n"
        "1,a-2,a-1,a-1,TRANSFER,2026-03-02T09:02:00Z,2026-03-02T09:05:00Z,+44791234567,Cards,5,lee,60,0,10\n"
        "1,a-3,,,INBOUND,2026-03-02T11:00:00Z,2026-03-02T11:00:45Z,+44791111111,Billing,45,,,,\n"
    ),
    "five9": (
        "CALL ID,TIMESTAMP,CAMPAIGN,CALL TYPE,AGENT,AGENT NAME,DISPOSITION,ANI,CUSTOMER NAME,DNIS,CALL TIME,"
        "QUEUE WAIT TIME,TALK TIME,HOLD TIME,AFTER CALL WORK TIME,SKILL\n"
        '5001,"Mon, 02 Mar 2026 09:00:00",Support,Inbound,mia@x.example,Mia,Resolved,0791234567,Lee,0441,00:03:00,'
        "00:00:30,00:02:00,00:00:00,00:00:30,Billing\n"
        '5002,"Mon, 02 Mar 2026 10:00:00",Support,Manual,lee@x.example,Lee,Resolved,0441,Kay,0447654321,00:01:10,'
        "00:00:00,00:01:00,00:00:00,00:00:10,\n"
        '5003,"Mon, 02 Mar 2026 11:00:00",Support,Inbound,,,Abandon,0791111111,Jo,0441,00:00:45,00:00:45,00:00:00,'
        "00:00:00,00:00:00,Billing\n"
    ),
    "vicidial": (
        "call_date\tphone_number_dialed\tstatus\tuser\tfull_name\tcampaign_id\tvendor_lead_code\tsource_id\tlist_id\t"
        "gmt_offset_now\tphone_code\tphone_number\tlength_in_sec\tuser_group\talt_dial\tuniqueid\n"
        "2026-03-02 09:00:00\t0791234567\tSALE\tmia\tMia Chen\tSPRING\t\t\t101\t0\t44\t0791234567\t120\tAG\tMAIN\tv.1\n"
        "2026-03-02 11:00:00\t0791111111\tDROP\tVDCL\t\tSPRING\t\t\t101\t0\t44\t0791111111\t45\t\tMAIN\tv.3\n"
    ),
    "avaya-cms": (
        "CALLID,ACWTIME,ANSHOLDTIME,CONSULTTIME,DISPTIME,DURATION,SEGSTART,SEGSTOP,TALKTIME,DISPOSITION,DISPSPLIT,"
        "ANSLOGIN,SEGMENT,CALLING_PTY,DIALED_NUM,UCID\n"
        "17,30,0,0,30,150,2026-03-02 09:00:00,2026-03-02 09:02:30,120,2,12,4001,1,0791234567,800,0001A\n"
        "18,0,0,0,45,45,2026-03-02 11:00:00,2026-03-02 11:00:45,0,3,12,,1,0791111111,800,0001B\n"
    ),
    "cisco-cucm": (
        '"cdrRecordType","globalCallID_callManagerId","globalCallID_callId","origLegCallIdentifier",'
        '"dateTimeOrigination","callingPartyNumber","originalCalledPartyNumber","finalCalledPartyNumber",'
        '"dateTimeConnect","dateTimeDisconnect","duration","pkid"\n'
        "INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),VARCHAR(50),VARCHAR(50),INTEGER,INTEGER,INTEGER,"
        "UNIQUEIDENTIFIER\n"
        '1,1,9001,555,1772442000,"0791234567","800","202",1772442030,1772442150,120,"p-1"\n'
        '1,1,9002,556,1772445600,"201","0447654321","0447654321",1772445610,1772445670,60,"p-2"\n'
        '1,1,9003,557,1772449200,"0791111111","800","202",0,1772449245,0,"p-3"\n'
    ),
    "talkdesk": (
        "call_id,callsid,type,start_at,end_at,talkdesk_phone_number,talkdesk_phone_display_name,contact_phone_number,"
        "user_id,user_name,user_email,total_time,talk_time,wait_time,hold_time,abandon_time,total_ringing_time,"
        "disposition_code,ring_groups,recording_url\n"
        "t-1,CA1,inbound,2026-03-02T09:00:00Z,2026-03-02T09:02:30Z,+44200,Main,+44791234567,u1,Mia Chen,mia@x.example,"
        "150,120,30,0,0,10,Done,billing,https://x.example/t-1\n"
        "t-3,CA3,abandoned,2026-03-02T11:00:00Z,2026-03-02T11:00:45Z,+44200,Main,+44791111111,,,,45,0,45,0,45,0,,"
        "billing,\n"
    ),
    # Explore writes times as fractions of a day.
    "talkdesk-explore": (
        "Interaction ID,Call Type,Start Time,End Time,Talkdesk Phone Number,Customer Phone Number,Talk Time,Record,"
        "Hangup,Waiting Time,Holding Time,Agent Name,Phone Display Name,Handling Agent\n"
        "t-1,inbound,2026-03-02 09:00:00,2026-03-02 09:02:30,+44200,+44791234567,0.001388889,/r/1,agent,0.000347222,"
        "0.0000,Mia Chen,support,Mia Chen\n"
        "t-3,abandoned,2026-03-02 11:00:00,2026-03-02 11:00:45,+44200,+44791111111,0.0000,,,0.000520833,0.0000,,"
        "support,\n"
    ),
    "zendesk-talk": (
        "id,created_at,agent_id,customer_id,call_group_id,completion_status,direction,duration,talk_time,hold_time,"
        "wait_time,time_to_answer,wrap_up_time,line\n"
        "71,2026-03-02T09:00:00Z,12345,24680,6789,completed,inbound,150,120,0,30,30,30,+44200\n"
        "73,2026-03-02T11:00:00Z,,24681,6789,abandoned_in_queue,inbound,45,0,0,45,,0,+44200\n"
    ),
    "aircall": (
        "line,date (TZ offset incl.),time (TZ offset incl.),number timezone,datetime (UTC),country_code,direction,from,"
        "to,answered,missed_call_reason,user,duration (total),duration (in call),via,voicemail,tags,call ID\n"
        "Main,2026-03-02,10:00:00,Europe/Berlin,2026-03-02 09:00:00,DE,inbound,+44791234567,+44200,Yes,,Mia Chen,150,"
        "120,,No,,3916681\n"
        "Main,2026-03-02,11:00:00,Europe/Berlin,2026-03-02 10:00:00,DE,outbound,+44200,+44447654321,Yes,,Lee Wong,70,"
        "60,,No,,3916682\n"
    ),
    "ringcentral": (
        "Direction,Type,From,To,Extension,Forwarded To,Name,Date,Time,Action,Action Result,Result Description,"
        "Duration\n"
        "Incoming,Voice,(079) 123-4567,(020) 000-0200,102 - Mia Chen,,Lee,Mon 03/30/2026,9:00 AM,Phone Call,Accepted,,"
        "0:02:00\n"
        "Outgoing,Voice,(020) 000-0200,(044) 765-4321,101 - Lee Wong,,Kay,Mon 03/30/2026,10:00 AM,VoIP Call,"
        "Call connected,,0:01:00\n"
        "Incoming,Voice,(079) 111-1111,(020) 000-0200,,,Jo,Mon 03/30/2026,11:00 AM,Phone Call,Missed,,-\n"
    ),
    "twilio": (
        "Sid,ParentCallSid,DateCreated,StartTime,EndTime,From,To,Direction,Status,Duration,Price\n"
        'CA1,,"Mon, 02 Mar 2026 09:00:00 +0000","Mon, 02 Mar 2026 09:00:00 +0000","Mon, 02 Mar 2026 09:02:30 +0000",'
        "+44791234567,+44200,inbound,completed,150,-0.02\n"
        'CA2,CA1,"Mon, 02 Mar 2026 09:00:30 +0000","Mon, 02 Mar 2026 09:00:30 +0000",'
        '"Mon, 02 Mar 2026 09:02:30 +0000",+44791234567,+44202,outbound-dial,completed,120,-0.02\n'
    ),
    # No product: semicolons, a byte order mark, a title, a decimal comma, a blank column, a line of totals.
    "": (
        "\ufeffAnrufliste März 2026;;;;;;;;\n"
        "Datum;Uhrzeit;;Mitarbeiter;Rufnummer;Richtung;Warteschlange;Wartezeit (s);Gesprächsdauer\n"
        "02.03.2026;09:00:00;;mia;0791234567;eingehend;Rechnung;30,0;0:02:00\n"
        "13.03.2026;11:00:00;;;0791111111;eingehend;Rechnung;45,5;0:00:00\n"
        "Summe;;;;;;;75,5;0:02:00\n"
    ),
}
"""The text of an export by the name of the preset that it must be known by; empty for none."""
