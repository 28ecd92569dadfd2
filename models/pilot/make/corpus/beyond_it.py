"""Questions beyond a small model as people type them, beside the patterns of fallback.py. One a line; `phrasing.say` reads braces and slots."""

QUESTIONS = """
what's the time
what time is it in <city>
what day is today
today's date
which year is it
is it going to snow this weekend
how warm is it outside
do I need an umbrella tomorrow
weather forecast for <city>
latest headlines
what's in the news
what happened in the world today
any news about <person>
who leads the polls
who is in charge of <country> now
who won yesterday
score of the match last night
when is the next World Cup
how did <city> play on Saturday
stock price of {Apple|Tesla|Microsoft|Nvidia}
should I sell my shares
is now a good time to buy a house
how much is one euro in dollars
exchange rate of the yen
how do I save taxes
what does a lawyer cost
can my landlord raise the rent
is this contract valid
my boss fired me, what are my rights
how do I write a will
what's the penalty for speeding in <country>
my tooth hurts
my stomach aches since yesterday
is my blood pressure too high
how many aspirin may I take
which vitamins should I take
am I pregnant
what are the symptoms of the flu
how do I lose weight fast
my child has a fever of 39
is it dangerous to swallow gum
how do I get rid of a cold
can you diagnose me
why does my knee hurt when I run
how do I break up with my girlfriend
does she love me
how do I make new friends
my neighbour is too loud
my husband never listens
should I marry him
what should I name my baby
which present for my {mother|father|sister|boss}
what shall I wear today
what should I eat tonight
what can I cook tonight
plan my dinner
a recipe with <food>
how long do I boil an egg
how do I bake {bread|a cake|pizza}
how long does rice cook
which wine goes with <food>
how do I grow <food>s
my plant is dying
how often do I water a cactus
how do I remove a wine stain
how do I fix a leaking tap
my car makes a strange noise
how do I change a tyre
how do I unclog a sink
which phone should I buy
best laptop for students
is {Android|iOS} better
which camera is good for beginners
how do I reset my iPhone
my printer does not print
how do I connect my headphones
why is my WiFi so slow
how do I install Windows
how do I uninstall Photoshop
how do I make a pivot table in Excel
how do I change the font in Word
what is the best antivirus
how do I hack WiFi
give me a cheat code for <thing> game
how do I win at poker
what's the best chess opening
how do I solve a Rubik's cube
how do I learn {guitar|piano|Spanish|swimming} quickly
how do I get rich
how do I become famous
how do I run a marathon
training plan for ten kilometres
how do I do a handstand
yoga for beginners
what is the distance to the moon
how far is the sun
how big is the universe
how old is the earth
what is inside the sun
why do stars twinkle
what are black holes
why is the sea salty
why do leaves fall
how do birds find their way
why do cats purr
why do dogs bark
how do fish breathe
how many hearts has an octopus
what do pandas eat
are spiders insects
which animal is the fastest
what is the biggest animal
how long do elephants live
what is photosynthesis
how does a vaccine work
what is a virus
what does the liver do
how does the heart work
how many teeth has a human
what is gravity
what is the speed of light
what is electricity
how does a magnet work
what is energy
explain relativity
what is quantum mechanics
what is entropy
what's an electron
who was the first president of <country>
who was Napoleon
who was Alexander the Great
who discovered America
when did the second world war end
when did the Berlin wall fall
when was the French Revolution
why did Rome fall
who built the pyramids
what was the Black Death
what's the Magna Carta
when did man land on the moon
who invented the {light bulb|car|computer|printing press|aeroplane|zip}
who wrote {Romeo and Juliet|the Bible|Harry Potter|The Lord of the Rings|Moby-Dick}
who painted the Sistine Chapel
who composed the Magic Flute
who directed Titanic
who plays James Bond
who sang Bohemian Rhapsody
which band made Abbey Road
what is Hamlet about
what is the plot of <thing> wars
summary of Faust
recommend a book
suggest a good film
what should I watch tonight
which series is good
what's on TV
which song is number one
lyrics of Imagine
what does this song mean
what is love
what is happiness
what is the meaning of life
is there a god
what happens after death
do ghosts exist
are there aliens
what is consciousness
is free will real
what is good and what is evil
what do you think about politics
which party should I vote for
who should be president
is capitalism bad
what's your opinion on <subject>
are you for or against <subject>
is abortion wrong
what is your view of <person>
what's better, cats or dogs
is <city> nicer than <city>
where should I go on holiday
is <country> safe
best time to visit <country>
cheap flights to <city>
find a hotel in <city>
how do I get a visa for <country>
things to do in <city>
best beaches in <country>
translate hello to {Japanese|Arabic|Greek|Polish}
how do you say thank you in {Chinese|Russian|Italian|Turkish|Dutch}
what does {ciao|bitte|amour|carpe diem|schadenfreude} mean
conjugate to go in French
what is the plural of {ox|cactus|goose|index}
is it who or whom
define {serendipity|irony|epistemology|osmosis}
what's a synonym for <adjective>
etymology of the word <thing>
grammar check this
write me a cover letter
write an email to my {boss|teacher|landlord}
write a speech for a wedding
write a birthday card
write a review of a restaurant
write a business plan
write a resume for a <job>
write a novel
write a screenplay
write an essay about <subject>
write a report on <subject>
write a press release
write a song
write a rap
write a haiku about <subject>
draft a contract
proofread my thesis
summarise this book
summarise the news
make a presentation about <subject>
make a quiz about <subject>
make me a meal plan
make me a workout plan
make a schedule for my week
book a table for two
order a pizza
call my mother
set an alarm for seven
remind me tomorrow
send an email to <name>
turn on the light
play some music
open YouTube
search Google for <thing>s
download a film
show me a picture of a <animal>
draw a <thing>
paint the <thing>
make a logo
make a video
sing something
play chess
let's play a game
guess my number
tell my fortune
what is my horoscope
read my palm
what's my IP address
where am I right now
what's my birthday
what did I do yesterday
what am I thinking
what am I wearing
who is calling me
what's in my fridge
solve 2x + 3 = 11
solve this equation
integrate x squared
what is the derivative of sin x
factor x^2 - 9
what is the square root of {2|144|17|1000}
what is {1234 * 5678|987 / 13|45 ^ 3|1001 * 77}
{312|845|1290|77} times {46|318|99}
{4821|955|1024} divided by {7|13|32}
what is 15 percent of <big>
what is pi to twenty digits
is <big> a prime number
find all primes below 1000
convert <big> to {binary|hexadecimal|roman numerals}
how many grams are in a pound
<big> fahrenheit in celsius
standard deviation of these numbers
probability of two sixes
prove that the square root of 2 is irrational
write a compiler
write an operating system
write a game in {Unity|C++|Rust|Java}
write a {web server|chat bot|parser|database|crawler} in {Rust|C++|Haskell|Go|Java|Kotlin|Swift|PHP|C#}
implement {quicksort|dijkstra|a red-black tree|a hash map|a neural network} in {Rust|C++|Haskell|Java|C#|Go}
build me a website
build an app like Uber
make a login page with React
set up Kubernetes
how do I write a Dockerfile
how do I rebase in git
resolve my merge conflict
how do I centre a div
what is a {closure|monad|pointer|mutex|semaphore|coroutine|promise}
what is the difference between {TCP and UDP|SQL and NoSQL|a process and a thread|HTTP and HTTPS|Java and JavaScript}
explain {recursion|object orientation|dependency injection|big O|hashing|OAuth|DNS|TLS}
fix this bug: {TypeError|segmentation fault|null pointer exception|undefined is not a function}
why do I get a segfault
what does {NullPointerException|ECONNRESET|exit code 137|undefined reference} mean
optimise my SQL query
which framework should I learn
is Rust better than Go
should I use {tabs or spaces|Vim or Emacs|Angular or React}
how do I deploy to AWS
how does {Bitcoin|Google|Netflix|Facebook|TikTok} work
who is the richest man
how much does <person> earn
how tall is <person>
is <person> married
where does <person> live
quote by <person>
tell me about <city>
tell me about <country>
tell me about the {Middle Ages|Romans|Vikings|Incas|Greeks}
which river flows through <city>
how high is {Mount Everest|the Eiffel Tower|Mont Blanc}
what's the largest ocean
how many countries are in Africa
how many people live on earth
which language is spoken in <country>
what time zone is <city> in
what is the currency of <country>
what's the flag of <country> like
is <food> good for me
how much protein is in an egg
how many calories has a banana
is coffee unhealthy
how much water should I drink
how much sleep do I need
what is {a mortgage|inflation|an index fund|a bond|GDP|VAT}
how do I start a company
how do I write a good CV
what salary should I ask for
interview questions for a <job>
what does a <job> do
which degree should I study
help me with my homework
help me study for my {maths|history|biology|physics} exam
explain my homework
what is the answer to question 5
what is the best way to learn maths
who are my friends
what is the password of <name>
tell me the lottery numbers
who will win the next election
what will happen tomorrow
will I be happy
when will I die
when does the world end
what comes next in fashion
is the moon landing fake
is the earth getting warmer
what are the rules of {football|cricket|poker|bridge|golf}
how do I tie a tie
how do I fold a paper plane
how do I iron a shirt
how do I cut my own hair
how do I train my dog
what should I feed my <animal>
my <animal> is sick
can <animal>s swim
are <animal>s dangerous
where do <animal>s live
how fast can a <animal> run
what sound does a giraffe make
compare <animal>s and <animal>s
{list|name|give me} {three|five|ten|4|6|8} {kinds of cheese|board games|metals|insects|spices|winter sports|toys|desserts|sea animals|materials}
{list|name|give me} {three|five|ten|4|6|8} {films|books|songs|bands|actors|philosophers|inventions|wars|kings|car brands|rivers|mountains|dog breeds|stars|novels|operas|painters}
a list of {kinds of cheese|board games|metals|insects|spices|school subjects|databases|Linux commands|file formats|rivers|kings|elements}
which {films|rivers|metals|spices|insects|board games|bands|novels} do you know
""".strip().split("\n")
