/** The passwords of eight characters or more that lists of leaked ones begin with, in lower case. */
const LISTED = `
  !qaz1qaz !qaz2wsx 00000000 000000000 0000000000 01234567 0123456789 0987654321 10203040
  1029384756 11111111 111111111 1111111111 1111aaaa 11223344 1122334455 112233445566
  12121212 123123123 123321123 12341234 12344321 12345678 123456789 1234567890 1234567891
  12345678910 123456789a 12345678a 123456ab 12345qwert 1234abcd 1234qwer 123qweasd
  123qweasdzxc 13131313 13579246 147258369 147852369 159753456 1a2b3c4d 1q2w3e4r 1q2w3e4r5t
  1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 20202020 21212121 22222222 24681357 31415926
  314159265 33333333 44444444 5201314520 55555555 66666666 741852963 77777777 789456123
  852456852 87654321 88888888 963852741 98765432 987654321 99999999 a1234567 a12345678
  a123456789 aa123456 aa12345678 aaaaaaaa abc12345 abc123456 abcabcabc abcd1234 abcdefgh
  abcdefghi admin123 admin1234 admin@123 adminadmin administrator alexander alexandra
  angel123 arsenal1 asd12345 asdasd123 asdasdasd asdf1234 asdfasdf asdfghjk asdfghjkl
  autumn123 babygirl babygirl1 barcelona baseball baseball1 basketball batman123 blink123
  blink182 butterfly butterfly1 changeme changeme1 changeme123 charlie1 chelsea1 cheyenne
  chocolate chocolate1 christian cocacola computer computer1 correcthorsebatterystaple
  corvette danielle december default1 diamond1 dolphin1 dragon123 dragonball elizabeth
  facebook facebook1 ferrari1 ficken123 football football1 fortnite freedom1 friday13
  garfield google123 guest123 hallo123 happy123 hello123 hello1234 hellohello iloveu123
  iloveyou iloveyou! iloveyou1 iloveyou2 india123 indifly1 indifly123 internet jackson5
  january1 jennifer jessica1 jonathan jordan23 juventus letmein1 letmein123 letmeinn
  linkedin liverpool liverpool1 lovelove lovely123 loveyou1 manchester master123 matrix123
  mercedes metallica michael1 michelle midnight minecraft minecraft1 mnbvcxzlkj monday123
  monkey123 mustang1 mypassword mypassword1 naruto123 newpassword nicholas nirvana1
  nopassword oldpassword p@ssw0rd p@ssw0rd1 p@ssword pass1234 pass12345 passpass passport
  passw0rd password password! password0 password1 password1! password11 password12
  password123 password1234 password2 password3 password7 password9 password99 password@123
  passwort passwort1 phoenix1 platinum poiuytrewq pokemon1 pokemon123 princess princess1
  q12345678 q1w2e3r4 q1w2e3r4t5 qazqazqaz qazwsx123 qazwsxedc qwe123qwe qweasdzxc qweqweqwe
  qwer1234 qwerasdf qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyui
  qwertyuiop rockstar rockyou1 root1234 rootroot samsung1 schalke04 scooter1 sebastian
  secret123 security shadow123 slipknot snoopy123 spiderman spring123 starwars starwars1
  summer123 sunshine sunshine1 superman superman1 supersecret test1234 test12345 testing1
  testing123 testtest thepassword thunder1 tigger123 tinkerbell topsecret trustno1 veronica
  victoria warcraft welcome1 welcome12 welcome123 welcome2 welcome@123 whatever whatever1
  winter123 woaini1314 woaini520 yourpassword zaq12wsx zaq1xsw2 zaq1zaq1 zxcvbnm,./ zxcvbnm1
  zxcvbnm123
`;

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(LISTED.trim().split(/\s+/));
